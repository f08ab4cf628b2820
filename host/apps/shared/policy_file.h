// A policy file is a POLICY on a command line: a .lua file, a folder NAME with NAME.lua in it, a
// pack's folder (pack.toml names the file), or NAME[@VERSION] of an installed pack.
#pragma once

#include <filesystem>
#include <memory>

#include "host/core/result.h"
#include "host/lua/compiled_policy.h"

namespace tidegate {

// Reads once, so that what is checked is what runs. Other .lua files beside the entry file of a
// folder are what it may `require`, by name without the ending; scenarios.lua is the tests' and is
// left out.
//
// An installed pack, by name or by its folder, is verified each time that it is read: its files
// against the list, the list against its signature, the signature against whom Places() trusts. A
// vendor's own folder is not: who names a path answers for what is there.
Result<PolicySource> ReadPolicy(const std::filesystem::path& policy);

// A POLICY that means the same in another folder and process: a path made absolute, the name of an
// installed pack as it is.
std::filesystem::path AbsolutePolicy(const std::filesystem::path& policy);

// Where the files of a POLICY are: its folder, the folder of its file, the pack's in the store.
Result<std::filesystem::path> PolicyFolder(const std::filesystem::path& policy);

// Refuses a POLICY of which another user could change what is read (guarded.h): a file, the folder,
// or for a pack also the list of whom to trust. For a host that has more rights than that user.
Outcome CheckPolicyGuarded(const std::filesystem::path& policy);

// With the scripts that are built into the program.
Result<std::shared_ptr<const CompiledPolicy>> CompileSource(const PolicySource& source);
// Reads and compiles.
Result<std::shared_ptr<const CompiledPolicy>> CompilePolicy(const std::filesystem::path& policy);

}  // namespace tidegate
