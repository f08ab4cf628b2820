// The target `pack`: everything that a stranger's pack brings is read. The first byte says what the
// rest is: an archive (a plain tar is taken too, so that a fuzzer need not make gzip's sums), a
// list, a pack.toml, a signature, a public or a secret key, evidence, a trust file.
#include "host/apps/shared/pack/pack.h"
#include "host/apps/tidegate/pack/archive.h"
#include "host/apps/tidegate/pack/secret_key.h"
#include "host/core/limits.h"
#include "host/core/scope.h"
#include "tests/fuzz/targets.h"

namespace tidegate::fuzz {
namespace {

void ReadsArchive(std::string_view bytes) {
  Result<Unpacked> unpacked = ReadArchive(bytes);
  if (!unpacked) return Expect(!unpacked.error().detail.empty(), "a refusal says why");
  std::size_t size = 0;
  for (const auto& [path, content] : unpacked->files) {
    Expect(CheckPath(path).ok(), "only paths that are allowed come out", path);
    size += content.size();
  }
  Expect(size <= limits::kPackBytes, "what comes out is bounded");
  Expect(unpacked->files.size() <= limits::kPackFiles, "so is its number");
  const std::string list = ListOf(unpacked->files);
  const Result<std::string> again = WriteArchive(unpacked->files, list);
  Expect(again.ok(), "what was read can be written");
  const Result<Unpacked> same = ReadArchive(*again);
  Expect(same.ok() && same->files == unpacked->files && same->list == list, "and read again");
  const Result<Pack> pack = MakePack(std::move(unpacked->files), std::move(unpacked->list), "");
  if (pack) (void)SourceOf(*pack);
}

void ReadsList(std::string_view bytes) {
  const PackFiles files = {{"a.lua", "return {}"}, {"pack.toml", ""}};
  if (CheckList(bytes, files)) Expect(bytes == ListOf(files), "there is one list for a set");
}

void ReadsManifest(std::string_view bytes) {
  const Result<PackManifest> m = ParsePackManifest(bytes, "pack.toml");
  if (!m) return Expect(m.error().detail.starts_with("pack.toml"), "an error says where it is");
  Expect(IsPackName(m->name), "the name is one", m->name);
  Expect(ParseVersion(Text(m->version)) == m->version, "the version is one");
  for (const std::string& line : MayTouch(m->permissions)) Expect(!line.empty(), "in words");
  for (const auto& scope : m->permissions.scopes) {
    for (const std::string& pattern : scope.value_or(Patterns())) {
      (void)FitsScope(pattern, "/dev/sdb1", {{"VolumePath", "/dev/sdb1"}});
    }
  }
}

void ReadsSignature(std::string_view bytes) {
  const Result<Signature> signature = ParseSignature(bytes);
  if (!signature) return;
  const PublicKey key{signature->id, {}};
  Expect(!VerifySignature(key, *signature, bytes).ok(), "no key of zeros signed anything");
}

void ReadsKeys(std::string_view bytes) {
  if (const Result<PublicKey> key = ParsePublicKey(bytes)) {
    Expect(*ParsePublicKey(Base64(*key)) == *key, "a key is its text");
  }
  // No password: what it costs to open a key is the key's own to say.
  (void)SecretKey::Read(bytes, []() -> Result<std::string> {
    return Error{ErrorCode::kAccessDenied, "", "none"};
  });
}

void ReadsToml(std::string_view bytes) {
  if (const Result<Evidence> evidence = ParseEvidence(bytes, "evidence.toml")) {
    (void)Text(*evidence);
  }
  for (const char* file : {"trust/a.toml", "trust/rules.toml", "trust/revoked.toml"}) {
    Trust trust;
    const Outcome read = ReadTrustFile(bytes, file, trust);
    if (!read) Expect(read.error().detail.starts_with(file), "an error says where it is");
  }
}

}  // namespace

void FuzzPack(std::string_view bytes) {
  if (bytes.empty()) return;
  constexpr void (*kReaders[])(std::string_view) = {ReadsArchive,   ReadsList, ReadsManifest,
                                                    ReadsSignature, ReadsKeys, ReadsToml};
  const char kind = bytes.front();
  bytes.remove_prefix(1);
  if (kind >= '0' && kind < '6') kReaders[kind - '0'](bytes);
}

}  // namespace tidegate::fuzz
