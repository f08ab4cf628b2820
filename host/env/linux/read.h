// Reading a volume past every cache.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/op.h"
#include "host/env/linux/device.h"

namespace tidegate {

// The first `bytes` of a volume, or fewer where it ends earlier.
Result<std::vector<unsigned char>> ReadStart(const Device& device, std::size_t bytes);

// Reads the block around each of the 512-byte sectors; answers how many bytes were read.
Result<std::int64_t> ReadSectors(const Device& device, const Sectors& sectors);

// Writes a small file, reads it back past the cache and compares. The file stays; one that is there
// already and is not ours is never touched.
// `where`: at which of its mounts; empty: any.
Result<std::int64_t> WriteProbe(const Device& device, const std::string& where,
                                const std::string& name);

}  // namespace tidegate
