// Archives by libarchive.
#include "host/apps/tidegate/pack/archive.h"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <memory>
#include <optional>

#include "host/core/limits.h"
#include "host/core/line.h"

namespace tidegate {
namespace {

using Writer = std::unique_ptr<archive, int (*)(archive*)>;
using Reader = std::unique_ptr<archive, int (*)(archive*)>;
using Entry = std::unique_ptr<archive_entry, void (*)(archive_entry*)>;

constexpr std::string_view kGzip = "\x1f\x8b";  // what every such file begins with
constexpr std::string_view kNoPack =
    "this is no pack: a tar archive compressed with gzip is expected";

Error Bad(std::string detail) { return {ErrorCode::kInvalidData, "", std::move(detail)}; }

Error Failed(archive* of) {
  const char* text = archive_error_string(of);
  return Bad("the archive cannot be written: " + std::string(text == nullptr ? "?" : text));
}

// Whoever unpacks it by hand gets plain files of his own; when they were made says nothing.
bool Put(archive* out, const std::string& path, const std::string& bytes) {
  const Entry entry(archive_entry_new(), archive_entry_free);
  archive_entry_set_pathname(entry.get(), path.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
  archive_entry_set_mtime(entry.get(), 0, 0);
  return archive_write_header(out, entry.get()) == ARCHIVE_OK &&
         archive_write_data(out, bytes.data(), bytes.size()) ==
             static_cast<la_ssize_t>(bytes.size());
}

la_ssize_t Append(archive*, void* to, const void* bytes, std::size_t size) {
  static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

std::string PathOf(archive_entry* entry) {
  // As bytes; where the locale has no word for them, as the archive's UTF-8.
  const char* path = archive_entry_pathname(entry);
  if (path == nullptr) path = archive_entry_pathname_utf8(entry);
  return path == nullptr ? std::string() : std::string(path);
}

Outcome CheckKind(archive_entry* entry, const std::string& path) {
  const std::string shown = PrintableLine(path, 200);
  if (archive_entry_symlink(entry) != nullptr) {
    return Bad(shown + ": a symbolic link; a pack has plain files only");
  }
  if (archive_entry_hardlink(entry) != nullptr) {
    return Bad(shown + ": a hard link; a pack has plain files only");
  }
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return Ok();
    case AE_IFDIR:
      return Bad(shown + ": a folder of its own; a pack has files only, their paths say where");
    case AE_IFLNK:
      return Bad(shown + ": a symbolic link; a pack has plain files only");
    case AE_IFCHR:
    case AE_IFBLK:
      return Bad(shown + ": a device; a pack has plain files only");
    case AE_IFIFO:
      return Bad(shown + ": a pipe; a pack has plain files only");
    default:
      return Bad(shown + ": no plain file; a pack has plain files only");
  }
}

// At most `room` and one more byte, so that what is too much shows.
Result<std::string> Data(archive* in, const std::string& path, std::size_t room) {
  std::string bytes;
  char block[16 << 10];
  while (bytes.size() <= room) {
    const la_ssize_t n = archive_read_data(in, block, sizeof block);
    if (n < 0) return Bad(PrintableLine(path, 200) + ": the archive is cut or damaged here");
    if (n == 0) return bytes;
    bytes.append(block, static_cast<std::size_t>(n));
  }
  return Bad(PrintableLine(path, 200) + ": unpacks to more than a pack may have (" +
             std::to_string(limits::kPackFileBytes >> 10) + " KiB a file, " +
             std::to_string(limits::kPackBytes >> 20) + " MiB in all)");
}

// What begins like gzip was an archive once.
Error Unreadable(std::string_view bytes, std::size_t entries) {
  if (entries == 0 && !bytes.starts_with(kGzip)) return Bad(std::string(kNoPack));
  return Bad("the archive is cut or damaged after " + std::to_string(entries) + " files");
}

Outcome ReadEntry(archive* in, archive_entry* entry, PackFilesReader& files,
                  std::optional<std::string>& list) {
  const std::string path = PathOf(entry);
  if (Outcome kind = CheckKind(entry, path); !kind) return kind;
  const bool is_list = path == kDigests;
  if (!is_list) {
    if (Outcome checked = CheckPath(path); !checked) return checked;
  } else if (list) {
    return Bad(path + ": the file is there twice");
  }
  Result<std::string> bytes = Data(in, path, is_list ? limits::kPackFileBytes : files.room());
  if (!bytes) return bytes.error();
  if (!is_list) return files.Add(path, std::move(*bytes));
  list = std::move(*bytes);
  return Ok();
}

}  // namespace

Result<std::string> WriteArchive(const PackFiles& files, const std::string& list) {
  std::string bytes;
  const Writer out(archive_write_new(), archive_write_free);
  const bool opened = archive_write_set_format_ustar(out.get()) == ARCHIVE_OK &&
                      archive_write_add_filter_gzip(out.get()) == ARCHIVE_OK &&
                      archive_write_set_options(
                          out.get(), "gzip:compression-level=9,gzip:!timestamp") == ARCHIVE_OK &&
                      archive_write_set_bytes_in_last_block(out.get(), 1) == ARCHIVE_OK &&
                      archive_write_open(out.get(), &bytes, nullptr, Append, nullptr) == ARCHIVE_OK;
  if (!opened || !Put(out.get(), std::string(kDigests), list)) return Failed(out.get());
  for (const auto& [path, content] : files) {
    if (!Put(out.get(), path, content)) return Failed(out.get());
  }
  if (archive_write_close(out.get()) != ARCHIVE_OK) return Failed(out.get());
  return bytes;
}

Result<Unpacked> ReadArchive(std::string_view bytes) {
  if (bytes.size() > limits::kPackArchiveBytes) {
    return Bad("the archive is larger than " + std::to_string(limits::kPackArchiveBytes >> 20) +
               " MiB");
  }
  const Reader in(archive_read_new(), archive_read_free);
  const bool opened = archive_read_support_filter_gzip(in.get()) == ARCHIVE_OK &&
                      archive_read_support_format_tar(in.get()) == ARCHIVE_OK &&
                      archive_read_open_memory(in.get(), bytes.data(), bytes.size()) == ARCHIVE_OK;
  if (!opened) return Unreadable(bytes, 0);
  PackFilesReader files;
  std::optional<std::string> list;
  std::size_t entries = 0;
  while (true) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(in.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
      return Unreadable(bytes, entries);
    }
    if (++entries > limits::kPackFiles + 1) {
      return Bad("more than " + std::to_string(limits::kPackFiles) + " files");
    }
    if (Outcome read = ReadEntry(in.get(), entry, files, list); !read) return read.error();
  }
  if (!list) {
    return Bad("there is no " + std::string(kDigests) + " in the archive: tidegate pack build " +
               "makes archives with their list");
  }
  return Unpacked{files.Take(), std::move(*list)};
}

}  // namespace tidegate
