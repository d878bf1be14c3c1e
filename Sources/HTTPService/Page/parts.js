// Small pieces of page.

export const byID = (id) => document.getElementById(id);

/// An element with properties and children; text is always text, never markup.
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in element) element[key] = value; else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function show(element, isShown) { element.hidden = !isShown; }

const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

export function size(count) {
  let unit = 0;
  let value = count;
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit += 1; }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}

export const number = (count) => count.toLocaleString("en");
export const percent = (share) => `${(share * 100).toFixed(1)} %`;
export const time = (seconds) => new Date(seconds * 1000).toLocaleString();
export const seconds = (value) => (value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`);
