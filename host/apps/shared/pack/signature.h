// A Signature is minisign's: who signed a text, and that it is the text that was signed.
//
// Source: minisign's manual, "Signature format" and "Public key format". Keys sign the text itself
// ("Ed", what minisign calls legacy) or its BLAKE2b-512 ("ED"); both are taken. The trusted comment
// is signed together with the signature.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "host/core/result.h"

namespace tidegate {

using KeyId = std::array<std::uint8_t, 8>;
std::string Text(const KeyId& id);  // "43EA1CF847D84D7E", as minisign shows it

struct PublicKey {
  KeyId id{};
  std::array<std::uint8_t, 32> key{};
  bool operator==(const PublicKey&) const = default;
};

struct Signature {
  bool prehashed = true;
  KeyId id{};
  std::array<std::uint8_t, 64> signature{};
  std::string comment;  // the trusted one
  std::array<std::uint8_t, 64> global{};
};

// A whole minisign.pub, or its second line alone.
Result<PublicKey> ParsePublicKey(std::string_view text);
std::string Base64(const PublicKey& key);

// A whole .minisig file.
Result<Signature> ParseSignature(std::string_view text);

// Whether `key` made it of `message`; that the ids are the same was seen to.
Outcome VerifySignature(const PublicKey& key, const Signature& signature, std::string_view message);

}  // namespace tidegate
