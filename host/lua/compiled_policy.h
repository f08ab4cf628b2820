// A CompiledPolicy is the text of a policy and of all it may require, compiled once and shared as
// bytes by every sandbox that runs it.
//
// Why bytes: functions and strings belong to one Lua state and cannot be shared. Undumping bytecode
// costs a sixth of parsing. Only bytes that this process dumped itself are ever undumped, and they
// never leave its memory: Lua does not verify bytecode.
//
// Threading: immutable but for its images, which any thread may ask for; shared between threads at
// will.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/result.h"
#include "host/core/scope.h"
#include "host/lua/library.h"
#include "host/lua/limits.h"

namespace tidegate {

class Image;

// What `require` finds besides bindings, by its exact name.
struct Module {
  std::string name;
  std::string text;
};

// The same, borrowed: the scripts that are built into the program.
struct ModuleView {
  std::string_view name;
  std::string_view text;
};

struct PolicySource {
  std::string name;  // "volume.lua": how messages call it
  std::string text;
  std::vector<Module> modules;                               // the policy pack's own files
  std::shared_ptr<const Permissions> permissions = nullptr;  // null: it is no pack's
};

class CompiledPolicy {
 public:
  struct Chunk {
    std::string name;      // what `require` calls it; empty for the policy itself
    std::string bytecode;  // empty: a built-in script that no text names, so that none compiled it
  };

  // `bindings` must outlive the result. The error lists every file that does not compile, a line
  // each: "volume.lua:12: ...". A file that has the name of a built-in module is one of them:
  // whoever may only add a file beside a policy must not change what the policy requires.
  static Result<std::shared_ptr<const CompiledPolicy>> Compile(const PolicySource& source,
                                                               std::span<const ModuleView> scripts,
                                                               const BindingList& bindings,
                                                               const SandboxLimits& limits = {});

  const std::string& name() const { return name_; }
  const std::string& digest() const { return digest_; }  // SHA-256 of all its text and scopes
  const BindingList& bindings() const { return bindings_; }
  const Permissions* permissions() const { return permissions_.get(); }  // null: no pack's
  const Chunk& main() const { return chunks_.front(); }
  const Chunk* Find(std::string_view module) const;
  std::vector<std::string_view> ModuleNames() const;
  std::size_t modules() const { return chunks_.size() - 1; }

  // What sandboxes with these limits begin as, made when it is first asked for; null if each must
  // load by itself.
  std::shared_ptr<const Image> ImageFor(const SandboxLimits& limits) const;
  // Sandboxes with these limits load by themselves: of a process that makes too few to repay the
  // image. Before the first one.
  void LoadEach(const SandboxLimits& limits) const;

  ~CompiledPolicy();
  CompiledPolicy(const CompiledPolicy&) = delete;
  CompiledPolicy& operator=(const CompiledPolicy&) = delete;

 private:
  struct MadeImage {
    SandboxLimits limits;
    std::shared_ptr<const Image> image;
    const MadeImage* next = nullptr;
  };

  CompiledPolicy() = default;
  std::string name_;
  std::string digest_;
  BindingList bindings_;
  std::shared_ptr<const Permissions> permissions_;
  std::vector<Chunk> chunks_;
  // Added to, never taken from: two threads that make the same one lose nothing but their time.
  mutable std::atomic<const MadeImage*> images_ = nullptr;
};

}  // namespace tidegate
