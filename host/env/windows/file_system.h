// Questions about the file system on a volume, beside the operations that policies have.
//
// Threading: any. They block for as long as the file system does.
#pragma once

#include <string>

#include "host/core/error_code.h"
#include "host/env/file_system.h"

namespace tidegate {

// `volume` as volume.open takes it.
FileSystemFacts FactsOf(const std::string& volume);

// Success when `path` is a file or a folder on the volume, ERROR_PATH_NOT_FOUND when it would be on
// it and is not, ERROR_BAD_PATHNAME (161) when it leads elsewhere or nowhere.
// Source: CLUSCTL_RESOURCE_STORAGE_IS_PATH_VALID.
ErrorCode HoldsPath(const std::string& volume, const std::string& path);

}  // namespace tidegate
