// A terminal is what a person reads: tables, ages and sizes in words, colour only where it shows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/time.h"

namespace tidegate {

// "error: ..." on standard error, escaped; the whole of what a failing command says.
int Fail(int exit_code, std::string_view message);

bool ColoursOn(int fd);
enum class Colour { kPlain, kGreen, kYellow, kRed, kDim };
std::string Paint(std::string_view text, Colour colour, bool on);

std::string Age(Duration d);             // "3s", "2m 5s", "4h 12m"
std::string Bytes(std::uint64_t bytes);  // "23 KiB"
// Columns as wide as their widest cell, two spaces apart, no trailing spaces.
std::string Table(const std::vector<std::vector<std::string>>& rows);

}  // namespace tidegate
