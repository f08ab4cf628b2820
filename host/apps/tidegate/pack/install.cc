// tidegate pack verify, install and remove: the operator's side.
#include <cstdio>

#include "host/apps/shared/pack/places.h"
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/pack/any_pack.h"
#include "host/apps/tidegate/pack/pack_commands.h"
#include "host/apps/tidegate/pack/store.h"
#include "host/apps/tidegate/pack/trial.h"
#include "host/apps/tidegate/terminal.h"

namespace tidegate {
namespace {

// Everything that can be said against it, but for what the store knows.
Result<Accepted> Examine(const Pack& pack, const std::string& what) {
  const auto of = [&](const Error& error) {
    return Error{error.code, "", what + ": " + error.detail};
  };
  const Result<Trust> trust = ReadTrust(Places().trust);
  if (!trust) return trust.error();
  Result<Accepted> accepted = Judge(pack, *trust, Today());
  if (!accepted) return of(accepted.error());
  // Last: a stranger's code is loaded only after everything else about it is known to be good.
  if (const Outcome agree = CheckPolicy(pack); !agree) return of(agree.error());
  return accepted;
}

std::string Difference(const Evidence& said, const Evidence& found) {
  if (said.tool != found.tool) {
    return "it was made by Tidegate " + said.tool + ", this is " + found.tool +
           ": runs are counted otherwise from version to version";
  }
  if (said.scenarios != found.scenarios || said.plans != found.plans) {
    return "scenarios and plans: " + std::to_string(said.scenarios) + " and " +
           std::to_string(said.plans) + " are said, " + std::to_string(found.scenarios) + " and " +
           std::to_string(found.plans) + " found";
  }
  for (std::size_t i = 0; i < said.explored.size() && i < found.explored.size(); ++i) {
    const Explored& a = said.explored[i];
    const Explored& b = found.explored[i];
    if (a == b) continue;
    return "on " + a.cluster + " " + std::to_string(a.runs) + " runs, digest " + a.digest +
           ", to " + std::to_string(a.deviations) + " deviations are said; " +
           std::to_string(b.runs) + ", " + b.digest + ", " + std::to_string(b.deviations) +
           " found";
  }
  return "it says that other clusters were explored than pack.toml asks for";
}

int Replay(const Pack& pack, const std::string& what) {
  if (!pack.evidence) return Fail(kExitFailed, what + ": it brings no evidence to repeat");
  const Result<Evidence> found = Try(pack);
  if (!found) return Fail(kExitFailed, what + ": " + found.error().detail);
  if (*found != *pack.evidence) {
    return Fail(kExitFailed, what + ": its evidence is not what comes out here: " +
                                 Difference(*pack.evidence, *found));
  }
  std::printf("its evidence was repeated: the same runs, outcomes and digests\n");
  return kExitOk;
}

}  // namespace

int PackVerify(const PackVerifyOptions& options) {
  const Result<Pack> pack = ReadAnyPack(options.pack, options.signature);
  if (!pack) return Fail(kExitFailed, pack.error().detail);
  const Result<Accepted> accepted = Examine(*pack, options.pack);
  if (!accepted) return Fail(kExitFailed, accepted.error().detail);
  std::printf("%s: %zu files, list %s\naccepted: %s\n", pack->manifest.Title().c_str(),
              pack->files.size(), pack->Digest().c_str(), accepted->by.c_str());
  return options.replay ? Replay(*pack, options.pack) : kExitOk;
}

int PackInstall(const PackInstallOptions& options) {
  const Result<Pack> pack = ReadAnyPack(options.pack, options.signature);
  if (!pack) return Fail(kExitFailed, pack.error().detail);
  const Result<Accepted> accepted = Examine(*pack, options.pack);
  if (!accepted) return Fail(kExitFailed, accepted.error().detail);
  Result<PackStore> store = PackStore::Open(Places().store);
  if (!store) return Fail(kExitUsage, store.error().detail);
  const Result<Installed> installed = store->Install(*pack, options.downgrade);
  if (!installed) return Fail(kExitFailed, installed.error().detail);
  const std::string name = pack->manifest.name + "@" + Text(pack->manifest.version);
  std::printf("%s %s (%s)\n", name.c_str(),
              *installed == Installed::kNow ? "installed" : "was installed already",
              accepted->by.c_str());
  for (const std::string& line : MayTouch(pack->manifest.permissions)) {
    std::printf("  may %s\n", line.c_str());
  }
  return kExitOk;
}

int PackRemove(const std::string& pack) {
  const std::optional<PackName> name = ParsePackName(pack);
  if (!name || !name->version) {
    return Fail(kExitUsage, pack + ": name one version, NAME@VERSION; see tidegate pack list");
  }
  Result<PackStore> store = PackStore::Open(Places().store);
  if (!store) return Fail(kExitUsage, store.error().detail);
  const Outcome removed = store->Remove(name->name, *name->version);
  if (!removed) return Fail(kExitFailed, removed.error().detail);
  std::printf("%s removed\n", pack.c_str());
  return kExitOk;
}

}  // namespace tidegate
