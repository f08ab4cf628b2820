// Whether a host accepts a pack: signature, key, revocation, what it needs, what it was tried
// against. Each refusal says what would have to be otherwise.
#include <algorithm>

#include "host/apps/shared/pack/pack.h"
#include "host/core/line.h"

namespace tidegate {
namespace {

Error Refused(const Pack& pack, std::string why) {
  return {ErrorCode::kAccessDenied, "", pack.manifest.Title() + " is refused: " + std::move(why)};
}

bool Has(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

Outcome CheckRevoked(const Pack& pack, const Trust& trust) {
  const std::string title = pack.manifest.name + "@" + Text(pack.manifest.version);
  if (Has(trust.revoked_packs, title)) {
    return Refused(pack, title + " is revoked in " + trust.folder + "/revoked.toml");
  }
  if (Has(trust.revoked_packs, pack.Digest())) {
    return Refused(
        pack, "the list " + pack.Digest() + " is revoked in " + trust.folder + "/revoked.toml");
  }
  return Ok();
}

Outcome CheckKey(const Pack& pack, const TrustedKey& key, const Trust& trust, Day today) {
  const std::string id = Text(key.key.id);
  if (Has(trust.revoked_keys, id)) {
    return Refused(pack, "its key " + id + " is revoked in " + trust.folder + "/revoked.toml");
  }
  if (key.expires && today > *key.expires) {
    return Refused(pack,
                   "its key " + id + " expired on " + Text(*key.expires) + " (" + key.file + ")");
  }
  const bool named = std::ranges::any_of(key.names, [&](const std::string& pattern) {
    return FitsPattern(pattern, pack.manifest.name);
  });
  if (!named) {
    return Refused(pack, "its key " + id + " is trusted for packs named " + Text(key.names) +
                             " only (" + key.file + ")");
  }
  const Capabilities asked = pack.manifest.permissions.AskedFor();
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    const auto capability = static_cast<Capability>(i);
    if (!asked.Has(capability) || key.capabilities.Has(capability)) continue;
    return Refused(pack, "it asks for the capability \"" + std::string(kCapabilityNames[i]) +
                             "\", which packs of key " + id + " are not granted (" + key.file +
                             ")");
  }
  return Ok();
}

Result<Accepted> CheckSignature(const Pack& pack, const Trust& trust, Day today) {
  if (pack.signature.empty()) {
    if (trust.unsigned_packs) {
      return Accepted{"unsigned, which " + trust.folder + "/rules.toml allows"};
    }
    return Refused(pack,
                   "it is not signed; have it signed (tidegate pack sign), or allow it by "
                   "unsigned = true in " +
                       trust.folder + "/rules.toml");
  }
  const Result<Signature> signature = ParseSignature(pack.signature);
  if (!signature) return Refused(pack, signature.error().detail);
  const TrustedKey* key = trust.Find(signature->id);
  if (key == nullptr) {
    return Refused(pack, "key " + Text(signature->id) + " signed it, which is not among the " +
                             std::to_string(trust.keys.size()) + " that are trusted in " +
                             trust.folder);
  }
  if (Outcome ok = VerifySignature(key->key, *signature, pack.list); !ok) {
    return Refused(pack, ok.error().detail);
  }
  if (Outcome ok = CheckKey(pack, *key, trust, today); !ok) return ok.error();
  return Accepted{"key " + Text(key->key.id) + (key->owner.empty() ? "" : " of " + key->owner) +
                  " (" + key->file + ")"};
}

Outcome CheckHost(const Pack& pack) {
  const PackManifest& m = pack.manifest;
  const std::optional<Version> host = ParseVersion(TIDEGATE_VERSION);
  if (host && m.minimum_host > *host) {
    return Refused(
        pack, "it needs Tidegate " + Text(m.minimum_host) + " or later, this is " + Text(*host));
  }
  if (kPolicyApi >= m.api_from && kPolicyApi <= m.api_to) return Ok();
  return Refused(pack, "it is written for api " + std::to_string(m.api_from) +
                           (m.api_to == m.api_from ? "" : " to " + std::to_string(m.api_to)) +
                           ", this host has " + std::to_string(kPolicyApi));
}

Outcome CheckEvidence(const Pack& pack, const Trust& trust) {
  if (pack.evidence && pack.evidence->code != CodeDigest(pack.files)) {
    return Refused(pack, "its evidence is about other files than it has; build it again");
  }
  if (!trust.evidence) return Ok();
  const std::string demand = "this host demands evidence to " + std::to_string(*trust.evidence) +
                             " deviations (" + trust.folder + "/rules.toml)";
  const auto deviations = pack.evidence ? pack.evidence->Deviations() : std::nullopt;
  if (!deviations) return Refused(pack, demand + ", and it brings none");
  if (*deviations >= *trust.evidence) return Ok();
  return Refused(pack, demand + ", and it was explored to " + std::to_string(*deviations));
}

}  // namespace

Result<Accepted> Judge(const Pack& pack, const Trust& trust, Day today) {
  Result<Accepted> accepted = CheckSignature(pack, trust, today);
  if (!accepted) return accepted;
  if (Outcome ok = CheckRevoked(pack, trust); !ok) return ok.error();
  if (Outcome ok = CheckHost(pack); !ok) return ok.error();
  if (Outcome ok = CheckEvidence(pack, trust); !ok) return ok.error();
  return accepted;
}

}  // namespace tidegate
