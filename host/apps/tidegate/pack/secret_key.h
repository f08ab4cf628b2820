// A SecretKey signs lists of packs as minisign does, with minisign's own key files.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "host/apps/shared/pack/signature.h"

namespace tidegate {

class SecretKey {
 public:
  // A whole minisign.key. `password` is asked when the key has one.
  // Source: minisign's manual, "Private key format".
  static Result<SecretKey> Read(std::string_view text,
                                const std::function<Result<std::string>()>& password);
  ~SecretKey();
  SecretKey(SecretKey&&) noexcept = default;
  SecretKey& operator=(SecretKey&&) = delete;

  PublicKey Public() const;
  // The text of a .minisig file. The same key, message and comment make the same one.
  std::string Sign(std::string_view message, const std::string& comment) const;

 private:
  SecretKey() = default;
  KeyId id_{};
  std::array<std::uint8_t, 64> key_{};
};

}  // namespace tidegate
