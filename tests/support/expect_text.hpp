#pragma once

#include <gtest/gtest.h>

namespace inkan {}

#define EXPECT_HAS(text, part) EXPECT_TRUE((text).contains(part)) << (part) << " is missing in\n" << (text)
#define EXPECT_HAS_NOT(text, part) EXPECT_FALSE((text).contains(part)) << (part) << " stands in\n" << (text)
