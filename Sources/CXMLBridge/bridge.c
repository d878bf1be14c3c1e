#include "CXMLBridge.h"
