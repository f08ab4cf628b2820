// tidegate pack check, build and sign: the vendor's side.
#include <cstdio>
#include <filesystem>
#include <termios.h>
#include <unistd.h>

#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/pack/any_pack.h"
#include "host/apps/tidegate/pack/archive.h"
#include "host/apps/tidegate/pack/pack_commands.h"
#include "host/apps/tidegate/pack/secret_key.h"
#include "host/apps/tidegate/pack/trial.h"
#include "host/apps/tidegate/simulate/simulate.h"
#include "host/apps/tidegate/terminal.h"
#include "host/env/files.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyFileBytes = 4096;

void Print(const Evidence& evidence) {
  for (const Explored& e : evidence.explored) {
    std::printf(
        "  %-10s every run with up to %lld deviation%s: %lld runs, no violation; %lld of "
        "%lld outcomes at %lld call sites\n",
        e.cluster.c_str(), static_cast<long long>(e.deviations), e.deviations == 1 ? "" : "s",
        static_cast<long long>(e.runs), static_cast<long long>(e.covered),
        static_cast<long long>(e.outcomes), static_cast<long long>(e.call_sites));
  }
  std::printf("  %lld scenarios and %lld plans passed\n",
              static_cast<long long>(evidence.scenarios), static_cast<long long>(evidence.plans));
}

// Asked on the terminal, not shown.
Result<std::string> AskPassword() {
  const Error none{ErrorCode::kAccessDenied, "",
                   "the secret key has a password: there is no terminal to ask for it; give "
                   "--password-file FILE"};
  std::FILE* terminal = std::fopen("/dev/tty", "r+");
  if (terminal == nullptr) return none;
  termios before{};
  const int fd = fileno(terminal);
  if (tcgetattr(fd, &before) != 0) {
    std::fclose(terminal);
    return none;
  }
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(fd, TCSAFLUSH, &silent);
  std::fputs("Password of the secret key: ", terminal);
  char line[1024] = {};
  const bool read = std::fgets(line, sizeof line, terminal) != nullptr;
  tcsetattr(fd, TCSAFLUSH, &before);
  std::fputs("\n", terminal);
  std::fclose(terminal);
  if (!read) return none;
  std::string password(line);
  while (password.ends_with('\n')) password.pop_back();
  return password;
}

Result<SecretKey> ReadKey(const PackSignOptions& options) {
  const Result<std::string> text = ReadPlain(options.key, kKeyFileBytes);
  if (!text) return text.error();
  return SecretKey::Read(*text, [&]() -> Result<std::string> {
    if (options.password_file.empty()) return AskPassword();
    Result<std::string> password = ReadPlain(options.password_file, 1024);
    if (!password) return password;
    return password->substr(0, password->find_first_of("\r\n"));
  });
}

// The list that is to be signed is that of the archive, whatever lies beside it.
Outcome LeaveBeside(const std::string& list_file, const Pack& pack, const std::string& signature) {
  if (!WriteText(list_file, pack.list)) {
    return Error{ErrorCode::kWriteProtect, "", list_file + ": cannot be written"};
  }
  if (!WriteText(list_file + ".minisig", signature)) {
    return Error{ErrorCode::kWriteProtect, "", list_file + ".minisig: cannot be written"};
  }
  return Ok();
}

}  // namespace

int PackCheck(const PackCheckOptions& options) {
  const Result<Pack> pack = ReadAnyPack(options.pack);
  if (!pack) return Fail(kExitFailed, pack.error().detail);
  if (const Outcome agree = CheckPolicy(*pack); !agree) {
    return Fail(kExitFailed, options.pack + ": " + agree.error().detail);
  }
  std::printf("%s: %zu files, the policy loads and does what pack.toml says\n",
              pack->manifest.Title().c_str(), pack->files.size());
  for (const std::string& line : MayTouch(pack->manifest.permissions)) {
    std::printf("  may %s\n", line.c_str());
  }
  return kExitOk;
}

int PackBuild(const PackBuildOptions& options) {
  Result<PackFiles> files = ReadPackFiles(options.folder);
  if (!files) return Fail(kExitUsage, options.folder + ": " + files.error().detail);
  files->erase(std::string(kEvidenceToml));  // of an earlier build
  Result<Pack> pack = MakePack(*files, ListOf(*files), "");
  if (!pack) return Fail(kExitUsage, options.folder + ": " + pack.error().detail);
  if (options.no_evidence) {
    if (const Outcome agree = CheckPolicy(*pack); !agree) {
      return Fail(kExitFailed, options.folder + ": " + agree.error().detail);
    }
  } else {
    const Result<Evidence> evidence = Try(*pack);
    if (!evidence)
      return Fail(kExitFailed, pack->manifest.Title() + ": " + evidence.error().detail);
    std::printf("%s\n", pack->manifest.Title().c_str());
    Print(*evidence);
    (*files)[std::string(kEvidenceToml)] = Text(*evidence);
  }
  const std::string list = ListOf(*files);
  const Result<std::string> bytes = WriteArchive(*files, list);
  if (!bytes) return Fail(kExitFailed, bytes.error().detail);
  std::error_code error;
  fs::create_directories(options.output, error);
  const std::string archive = (fs::path(options.output) /
                               (pack->manifest.name + "-" + Text(pack->manifest.version) + ".pack"))
                                  .lexically_normal()
                                  .string();
  const std::string beside = ListBeside(archive);
  fs::remove(beside + ".minisig", error);  // it was of other files
  if (!WriteText(archive, *bytes) || !WriteText(beside, list)) {
    return Fail(kExitUsage, archive + ": cannot be written");
  }
  std::printf("%s: %zu files, %s\nits list: %s; sign it: tidegate pack sign --key FILE %s\n",
              archive.c_str(), files->size(), Bytes(bytes->size()).c_str(), beside.c_str(),
              archive.c_str());
  return kExitOk;
}

int PackSign(const PackSignOptions& options) {
  if (!IsArchive(options.pack)) {
    return Fail(kExitUsage,
                options.pack + ": sign what tidegate pack build made, a file NAME-VERSION.pack");
  }
  const Result<Pack> pack = ReadAnyPack(options.pack);
  if (!pack) return Fail(kExitFailed, pack.error().detail);
  const Result<SecretKey> key = ReadKey(options);
  if (!key) return Fail(kExitUsage, options.key + ": " + key.error().detail);
  const std::string list_file = ListBeside(options.pack);
  const std::string signature =
      key->Sign(pack->list, pack->manifest.Title() + ", list " + pack->Digest());
  if (const Outcome left = LeaveBeside(list_file, *pack, signature); !left) {
    return Fail(kExitUsage, left.error().detail);
  }
  const PublicKey own = key->Public();
  std::printf("%s.minisig: %s, signed by key %s\nverify it: minisign -Vm %s -P %s\n",
              list_file.c_str(), pack->manifest.Title().c_str(), Text(own.id).c_str(),
              list_file.c_str(), Base64(own).c_str());
  return kExitOk;
}

}  // namespace tidegate
