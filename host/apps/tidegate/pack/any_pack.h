// Any pack: what a PACK on a command line stands for, read and in agreement with its list; nothing
// is said yet about who signed it.
#pragma once

#include <string>

#include "host/apps/shared/pack/pack.h"

namespace tidegate {

// Of an archive NAME.pack the signature is in NAME.digests.minisig beside it, or in `signature`.
// The error says which pack and what is wrong with it.
Result<Pack> ReadAnyPack(const std::string& what, const std::string& signature = {});

bool IsArchive(const std::string& what);
// "DIR/acme-1.0.0.digests" of "DIR/acme-1.0.0.pack".
std::string ListBeside(const std::string& archive);

}  // namespace tidegate
