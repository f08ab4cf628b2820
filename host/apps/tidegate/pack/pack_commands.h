// The commands of `tidegate pack`: a vendor makes, builds and signs a pack; an operator verifies,
// installs, looks at, compares and removes packs.
//
// A PACK is a built archive, a pack's folder, or NAME[@VERSION] of an installed one. Exit codes are
// those of commands.h; `diff` answers 1 when there are differences.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace tidegate {

struct PackInitOptions {
  std::string folder;
};
int PackInit(const PackInitOptions& options);

struct PackCheckOptions {
  std::string pack;
};
int PackCheck(const PackCheckOptions& options);

struct PackBuildOptions {
  std::string folder;
  std::string output = ".";
  bool no_evidence = false;
};
int PackBuild(const PackBuildOptions& options);

struct PackSignOptions {
  std::string pack;
  std::string key;
  std::string password_file;
};
int PackSign(const PackSignOptions& options);

struct PackVerifyOptions {
  std::string pack;
  std::string signature;
  bool replay = false;
};
int PackVerify(const PackVerifyOptions& options);

struct PackInstallOptions {
  std::string pack;
  std::string signature;
  bool downgrade = false;
};
int PackInstall(const PackInstallOptions& options);

int PackList(bool json);

struct PackShowOptions {
  std::string pack;
  bool json = false;
};
int PackShow(const PackShowOptions& options);

int PackRemove(const std::string& pack);

struct PackDiffOptions {
  std::string older;
  std::string newer;
};
int PackDiff(const PackDiffOptions& options);

// Adds `pack` and what is below it to the program's command line.
void AddPack(CLI::App& app, int& code);

}  // namespace tidegate
