// Reading secret keys and signing, by libsodium.
#include "host/apps/tidegate/pack/secret_key.h"

#include <algorithm>
#include <optional>
#include <sodium.h>

#include "host/apps/shared/pack/base64.h"

namespace tidegate {
namespace {

// Where what stands in the decoded line.
constexpr std::size_t kKdf = 2;
constexpr std::size_t kChecksumAlgorithm = 4;
constexpr std::size_t kSalt = 6;
constexpr std::size_t kOpsLimit = kSalt + crypto_pwhash_scryptsalsa208sha256_SALTBYTES;
constexpr std::size_t kMemLimit = kOpsLimit + 8;
constexpr std::size_t kSecret = kMemLimit + 8;  // what a password encrypts: id, key, checksum
constexpr std::size_t kKey = kSecret + 8;
constexpr std::size_t kChecksum = kKey + 64;
constexpr std::size_t kAll = kChecksum + 32;

// minisign itself writes 32 Mi operations and 1 GiB; a key file that asks for more than twice that
// would only keep the machine busy.
constexpr std::uint64_t kMostOperations = 1ull << 26;
constexpr std::uint64_t kMostMemory = 1ull << 31;

using Bytes = std::vector<std::uint8_t>;

Error Bad(std::string detail) { return {ErrorCode::kInvalidData, "", std::move(detail)}; }

std::uint64_t Number(const Bytes& bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) number = number << 8 | bytes[at + i];
  return number;
}

std::optional<Bytes> Decode(std::string_view text) {
  const std::size_t first = text.find('\n');
  if (!text.starts_with("untrusted comment:") || first == text.npos) return std::nullopt;
  std::string_view line = text.substr(first + 1);
  line = line.substr(0, line.find_first_of("\r\n"));
  std::optional<Bytes> bytes = FromBase64(line);
  if (!bytes || bytes->size() != kAll || (*bytes)[0] != 'E' || (*bytes)[1] != 'd') {
    return std::nullopt;
  }
  return bytes;
}

Outcome Decrypt(Bytes& bytes, const std::string& password) {
  const std::uint64_t operations = Number(bytes, kOpsLimit);
  const std::uint64_t memory = Number(bytes, kMemLimit);
  if (operations > kMostOperations || memory > kMostMemory) {
    return Bad("the secret key asks for more work to open it than any key of minisign does");
  }
  Bytes stream(kAll - kSecret);
  if (crypto_pwhash_scryptsalsa208sha256(stream.data(), stream.size(), password.data(),
                                         password.size(), bytes.data() + kSalt, operations,
                                         static_cast<std::size_t>(memory)) != 0) {
    return Error{ErrorCode::kNotEnoughMemory, "",
                 "opening the secret key takes " + std::to_string(memory >> 20) +
                     " MiB of memory, which are not to be had"};
  }
  for (std::size_t i = 0; i < stream.size(); ++i) bytes[kSecret + i] ^= stream[i];
  sodium_memzero(stream.data(), stream.size());
  return Ok();
}

bool ChecksumHolds(const Bytes& bytes) {
  std::array<std::uint8_t, 32> sum{};
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, sum.size());
  crypto_generichash_update(&state, bytes.data(), 2);
  crypto_generichash_update(&state, bytes.data() + kSecret, kChecksum - kSecret);
  crypto_generichash_final(&state, sum.data(), sum.size());
  return std::equal(sum.begin(), sum.end(), bytes.begin() + kChecksum);
}

bool IsZero(const Bytes& bytes, std::size_t from, std::size_t to) {
  return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                     bytes.begin() + static_cast<std::ptrdiff_t>(to),
                     [](std::uint8_t byte) { return byte == 0; });
}

Outcome Open(Bytes& bytes, const std::function<Result<std::string>()>& password) {
  if (bytes[kChecksumAlgorithm] != 'B' || bytes[kChecksumAlgorithm + 1] != '2') {
    return Bad("the secret key has a checksum of an unknown kind; \"B2\" is known");
  }
  if (bytes[kKdf] == 0 && bytes[kKdf + 1] == 0) {
    // minisign leaves the checksum of a key without password empty.
    if (IsZero(bytes, kChecksum, kAll) || ChecksumHolds(bytes)) return Ok();
    return Bad("the secret key is damaged: its checksum is wrong");
  }
  if (bytes[kKdf] != 'S' || bytes[kKdf + 1] != 'c') {
    return Bad("the secret key is encrypted in an unknown way; \"Sc\" (scrypt) is known");
  }
  Result<std::string> given = password();
  if (!given) return given.error();
  const Outcome decrypted = Decrypt(bytes, *given);
  sodium_memzero(given->data(), given->size());
  if (!decrypted) return decrypted;
  if (ChecksumHolds(bytes)) return Ok();
  return Error{ErrorCode::kAccessDenied, "", "the password of the secret key is wrong"};
}

}  // namespace

Result<SecretKey> SecretKey::Read(std::string_view text,
                                  const std::function<Result<std::string>()>& password) {
  if (sodium_init() < 0) return Error{ErrorCode::kInternalError, "", "libsodium does not start"};
  std::optional<Bytes> bytes = Decode(text);
  if (!bytes) return Bad("this is no secret key of minisign (minisign -G makes one)");
  const Outcome opened = Open(*bytes, password);
  if (!opened) return opened.error();
  SecretKey key;
  std::copy_n(bytes->begin() + kSecret, key.id_.size(), key.id_.begin());
  std::copy_n(bytes->begin() + kKey, key.key_.size(), key.key_.begin());
  sodium_memzero(bytes->data(), bytes->size());
  return key;
}

SecretKey::~SecretKey() { sodium_memzero(key_.data(), key_.size()); }

PublicKey SecretKey::Public() const {
  PublicKey key{id_, {}};
  std::copy_n(key_.begin() + 32, key.key.size(), key.key.begin());  // its second half
  return key;
}

std::string SecretKey::Sign(std::string_view message, const std::string& comment) const {
  std::array<unsigned char, crypto_generichash_BYTES_MAX> hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                     nullptr, 0);
  std::array<unsigned char, crypto_sign_BYTES> signature{};
  crypto_sign_detached(signature.data(), nullptr, hash.data(), hash.size(), key_.data());
  Bytes own = {'E', 'D'};
  own.insert(own.end(), id_.begin(), id_.end());
  own.insert(own.end(), signature.begin(), signature.end());
  Bytes both(signature.begin(), signature.end());
  both.insert(both.end(), comment.begin(), comment.end());
  Bytes global(crypto_sign_BYTES);
  crypto_sign_detached(global.data(), nullptr, both.data(), both.size(), key_.data());
  return "untrusted comment: signature from tidegate pack sign\n" + ToBase64(own) +
         "\ntrusted comment: " + comment + "\n" + ToBase64(global) + "\n";
}

}  // namespace tidegate
