// The command line of `tidegate pack`.
#include "host/apps/tidegate/pack/pack_commands.h"

#include <CLI/CLI.hpp>

#include "host/apps/shared/pack/places.h"
#include "host/apps/tidegate/commands.h"

namespace tidegate {
namespace {

constexpr const char* kAbout = "make, sign, verify and install policy packs";
constexpr const char* kExamples =
    "A PACK is an archive NAME-VERSION.pack, a pack's folder, or NAME[@VERSION] of an installed "
    "one.\n\n"
    "A vendor:    tidegate pack init acme-volume; tidegate pack check acme-volume\n"
    "             tidegate pack build acme-volume\n"
    "             tidegate pack sign --key acme.key acme-volume-0.1.0.pack\n"
    "An operator: tidegate pack install acme-volume-0.1.0.pack\n"
    "             tidegate run acme-volume --set VolumePath=/dev/sdb1\n\n"
    "Whom this host trusts stands in files; docs/packs.md describes them.";

// What the callbacks of one subcommand need; lives as long as the parser: until the program ends.
template <class Options>
struct Given {
  Options options{};
  std::string store;
  std::string trust;

  void Apply() const { SetPackPlaces({store, trust}); }
};

template <class Options>
Given<Options>* Make() {
  return new Given<Options>;
}

template <class Options>
void AddPlaces(CLI::App* command, Given<Options>& given) {
  command->add_option("--store", given.store,
                      "where packs are installed (default: /var/lib/tidegate/packs for root)");
  command->add_option("--trust", given.trust,
                      "whose packs are trusted (default: /etc/tidegate/trust for root)");
}

void AddVendors(CLI::App* pack, int& code) {
  auto* init = Make<PackInitOptions>();
  CLI::App* c =
      pack->add_subcommand("init", "write a new pack: a policy, its scenarios, pack.toml");
  c->add_option("FOLDER", init->options.folder, "the folder to make; its name is the pack's")
      ->required();
  c->callback([init, &code] { code = PackInit(init->options); });

  auto* check = Make<PackCheckOptions>();
  c = pack->add_subcommand("check", "whether pack.toml, the files and the policy fit together");
  c->add_option("PACK", check->options.pack)->required();
  c->callback([check, &code] { code = PackCheck(check->options); });

  auto* build = Make<PackBuildOptions>();
  c = pack->add_subcommand("build", "try a pack and make its archive: same files, same bytes");
  c->add_option("FOLDER", build->options.folder)->required();
  c->add_option("-o,--output", build->options.output, "the folder that the archive goes to")
      ->capture_default_str();
  c->add_flag("--no-evidence", build->options.no_evidence, "do not run or explore anything");
  c->footer(
      "Runs the scenarios and plans and explores the policy as far as [evidence] in pack.toml "
      "says;\nwhat came out becomes evidence.toml in the archive. A violation ends the build.");
  c->callback([build, &code] { code = PackBuild(build->options); });

  auto* sign = Make<PackSignOptions>();
  c = pack->add_subcommand("sign", "sign an archive's list with a secret key of minisign");
  c->add_option("PACK", sign->options.pack, "an archive")->required();
  c->add_option("--key", sign->options.key, "a minisign.key (minisign -G makes one)")->required();
  c->add_option("--password-file", sign->options.password_file,
                "the key's password is this file's first line (default: asked)");
  c->footer("Leaves NAME.digests.minisig beside the archive; minisign -Sm NAME.digests does too.");
  c->callback([sign, &code] { code = PackSign(sign->options); });
}

void AddOperators(CLI::App* pack, int& code) {
  auto* verify = Make<PackVerifyOptions>();
  CLI::App* c = pack->add_subcommand("verify", "whether this host would take a pack, and why");
  c->add_option("PACK", verify->options.pack)->required();
  c->add_option("--signature", verify->options.signature,
                "of an archive (default: NAME.digests.minisig beside it)");
  c->add_flag("--replay", verify->options.replay, "also repeat everything that is its evidence");
  AddPlaces(c, *verify);
  c->callback([verify, &code] {
    verify->Apply();
    code = PackVerify(verify->options);
  });

  auto* install = Make<PackInstallOptions>();
  c = pack->add_subcommand("install", "verify an archive and put it into the store");
  c->add_option("PACK", install->options.pack)->required();
  c->add_option("--signature", install->options.signature,
                "its signature (default: NAME.digests.minisig beside it)");
  c->add_flag("--downgrade", install->options.downgrade,
              "also a version below the highest that was ever installed");
  AddPlaces(c, *install);
  c->callback([install, &code] {
    install->Apply();
    code = PackInstall(install->options);
  });

  auto* remove = Make<std::string>();
  c = pack->add_subcommand("remove", "take one version out of the store");
  c->add_option("NAME@VERSION", remove->options)->required();
  AddPlaces(c, *remove);
  c->callback([remove, &code] {
    remove->Apply();
    code = PackRemove(remove->options);
  });
}

void AddLooks(CLI::App* pack, int& code) {
  auto* list = Make<bool>();
  CLI::App* c = pack->add_subcommand("list", "the packs in the store, and whether they still hold");
  c->add_flag("--json", list->options, "as JSON");
  AddPlaces(c, *list);
  c->callback([list, &code] {
    list->Apply();
    code = PackList(list->options);
  });

  auto* show = Make<PackShowOptions>();
  c = pack->add_subcommand("show", "what a pack is, who signed it and what it may touch");
  c->add_option("PACK", show->options.pack)->required();
  c->add_flag("--json", show->options.json, "as one JSON object");
  AddPlaces(c, *show);
  c->callback([show, &code] {
    show->Apply();
    code = PackShow(show->options);
  });

  auto* diff = Make<PackDiffOptions>();
  c = pack->add_subcommand("diff", "what changed from one pack to another");
  c->add_option("OLD", diff->options.older, "a PACK")->required();
  c->add_option("NEW", diff->options.newer, "a PACK")->required();
  AddPlaces(c, *diff);
  c->footer("Exit codes: 0 the same files, 1 differences, 2 it could not be tried.");
  c->callback([diff, &code] {
    diff->Apply();
    code = PackDiff(diff->options);
  });
}

}  // namespace

void AddPack(CLI::App& app, int& code) {
  CLI::App* pack = app.add_subcommand("pack", kAbout);
  pack->require_subcommand(1);
  pack->footer(kExamples);
  AddVendors(pack, code);
  AddOperators(pack, code);
  AddLooks(pack, code);
}

}  // namespace tidegate
