#pragma once

#include "CTrainingKernels.h"
