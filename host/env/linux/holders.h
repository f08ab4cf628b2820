// Holders are the processes that keep a volume busy: who has a file on it, or the device itself,
// open.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace tidegate {

struct HolderQuery {
  dev_t file_system = 0;  // files, directories and programs on this file system
  dev_t device = 0;       // the block device itself
  dev_t image_dev = 0;    // one regular file, by device and inode
  ino_t image_ino = 0;
  bool skip_self = false;
};

// "pid 4711 (mysqld)" each, at most limits::kHoldersNamed. What the caller may not look into is not
// in the answer, and the search stops after limits::kHolderLinks links: a hint, not a proof.
std::vector<std::string> FindHolders(const HolderQuery& query);

// ", held by pid 4711 (mysqld), pid 4712 (cp)"; says so when nobody is found.
std::string HoldersText(const HolderQuery& query);

}  // namespace tidegate
