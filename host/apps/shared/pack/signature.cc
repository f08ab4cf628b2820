// Reading minisign's texts and asking libsodium.
#include "host/apps/shared/pack/signature.h"

#include <algorithm>
#include <optional>
#include <sodium.h>
#include <vector>

#include "host/apps/shared/pack/base64.h"
#include "host/core/line.h"

namespace tidegate {
namespace {

constexpr std::string_view kUntrusted = "untrusted comment:";
constexpr std::string_view kTrusted = "trusted comment: ";
constexpr std::size_t kFileBytes = 4096;
using Bytes = std::vector<std::uint8_t>;

Error Bad(std::string detail) { return {ErrorCode::kInvalidData, "", std::move(detail)}; }

// Lines without their ends; a last one that is empty is left out.
std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

template <std::size_t N>
void Take(const Bytes& from, std::size_t& at, std::array<std::uint8_t, N>& to) {
  std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(at), N, to.begin());
  at += N;
}

bool IsEd25519(const Bytes& bytes) { return bytes[0] == 'E' && bytes[1] == 'd'; }

}  // namespace

std::string Text(const KeyId& id) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  for (auto byte = id.rbegin(); byte != id.rend(); ++byte) {
    text += kDigits[*byte >> 4];
    text += kDigits[*byte & 15];
  }
  return text;
}

Result<PublicKey> ParsePublicKey(std::string_view text) {
  const Error wrong =
      Bad("this is no public key of minisign: a line such as \"RWQf6LRCGA9i5...\" of 56 letters");
  if (text.size() > kFileBytes) return wrong;
  std::vector<std::string_view> lines = Lines(text);
  if (!lines.empty() && lines.front().starts_with(kUntrusted)) lines.erase(lines.begin());
  if (lines.empty()) return wrong;
  const std::optional<Bytes> bytes = FromBase64(lines.front());
  if (!bytes || bytes->size() != 2 + 8 + 32 || !IsEd25519(*bytes)) return wrong;
  PublicKey key;
  std::size_t at = 2;
  Take(*bytes, at, key.id);
  Take(*bytes, at, key.key);
  return key;
}

std::string Base64(const PublicKey& key) {
  Bytes bytes = {'E', 'd'};
  bytes.insert(bytes.end(), key.id.begin(), key.id.end());
  bytes.insert(bytes.end(), key.key.begin(), key.key.end());
  return ToBase64(bytes);
}

Result<Signature> ParseSignature(std::string_view text) {
  if (text.size() > kFileBytes) return Bad("the signature's file is larger than 4 KiB");
  const std::vector<std::string_view> lines = Lines(text);
  if (lines.size() != 4 || !lines[0].starts_with(kUntrusted) || !lines[2].starts_with(kTrusted)) {
    return Bad(
        "the signature is not minisign's: four lines, a comment, the signature, a trusted comment "
        "and the signature of both");
  }
  const std::optional<Bytes> own = FromBase64(lines[1]);
  const std::optional<Bytes> global = FromBase64(lines[3]);
  if (!own || own->size() != 2 + 8 + 64 || !global || global->size() != 64) {
    return Bad("the signature is cut or not base64");
  }
  Signature signature;
  const char algorithm[] = {static_cast<char>((*own)[0]), static_cast<char>((*own)[1])};
  const std::string_view name(algorithm, 2);
  if (name != "Ed" && name != "ED") {
    return Bad("the signature is made by \"" + PrintableLine(name, 16) +
               "\"; only Ed25519 (\"ED\", or \"Ed\") is known");
  }
  signature.prehashed = name == "ED";
  std::size_t at = 2;
  Take(*own, at, signature.id);
  Take(*own, at, signature.signature);
  signature.comment = lines[2].substr(kTrusted.size());
  at = 0;
  Take(*global, at, signature.global);
  return signature;
}

Outcome VerifySignature(const PublicKey& key, const Signature& signature,
                        std::string_view message) {
  if (sodium_init() < 0) return Error{ErrorCode::kInternalError, "", "libsodium does not start"};
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  std::size_t size = message.size();
  std::array<unsigned char, crypto_generichash_BYTES_MAX> hash{};
  if (signature.prehashed) {
    crypto_generichash(hash.data(), hash.size(), bytes, size, nullptr, 0);
    bytes = hash.data();
    size = hash.size();
  }
  const bool own =
      crypto_sign_verify_detached(signature.signature.data(), bytes, size, key.key.data()) == 0;
  Bytes both(signature.signature.begin(), signature.signature.end());
  both.insert(both.end(), signature.comment.begin(), signature.comment.end());
  const bool global = crypto_sign_verify_detached(signature.global.data(), both.data(), both.size(),
                                                  key.key.data()) == 0;
  if (own && global) return Ok();
  const std::string name = "key " + Text(key.id);
  const auto refused = [](std::string why) {
    return Error{ErrorCode::kAccessDenied, "", std::move(why)};
  };
  if (own) return refused("the signature's trusted comment was changed after " + name + " signed");
  if (!global) return refused(name + " did not make this signature");
  return refused("the signature is of another list; its comment, which " + name +
                 " signed too, says: " + PrintableLine(signature.comment, 200));
}

}  // namespace tidegate
