# libsodium: the target `sodium`. The distribution's; for Windows the few files of it that verify a
# signature, built from pinned source into the DLL.
if(NOT WIN32)
  find_path(TIDEGATE_SODIUM_INCLUDE sodium.h)
  find_library(TIDEGATE_SODIUM sodium)
  find_library(TIDEGATE_SODIUM_ARCHIVE libsodium.a)  # for a program that is TIDEGATE_STATIC
  mark_as_advanced(TIDEGATE_SODIUM_INCLUDE TIDEGATE_SODIUM TIDEGATE_SODIUM_ARCHIVE)
  if(NOT TIDEGATE_SODIUM OR NOT TIDEGATE_SODIUM_INCLUDE)
    message(FATAL_ERROR "libsodium is missing (Debian: apt-get install libsodium-dev)")
  endif()
  set(static $<BOOL:$<TARGET_PROPERTY:TIDEGATE_STATIC>>)
  add_library(sodium INTERFACE IMPORTED)
  set_target_properties(
    sodium
    PROPERTIES INTERFACE_LINK_LIBRARIES
               "$<IF:${static},${TIDEGATE_SODIUM_ARCHIVE},${TIDEGATE_SODIUM}>"
               INTERFACE_INCLUDE_DIRECTORIES ${TIDEGATE_SODIUM_INCLUDE})
  return()
endif()

set(TIDEGATE_SODIUM_SOURCE "" CACHE PATH "libsodium 1.0.18 (the folder that has src/libsodium)")
set(sodium_dir ${TIDEGATE_SODIUM_SOURCE})
if(NOT sodium_dir)
  set(sodium_dir ${CMAKE_BINARY_DIR}/libsodium-1.0.18)
  if(NOT EXISTS ${sodium_dir}/src/libsodium)
    tidegate_pinned(
      OUT sodium_tarball
      NAME libsodium-1.0.18.tar.gz
      SHA256 d59323c6b712a1519a5daf710b68f5e7fde57040845ffec53850911f10a5d4f4
      POOL pool/main/libs/libsodium/libsodium_1.0.18.orig.tar.gz
      REMEDY "configure with -DTIDEGATE_SODIUM_SOURCE=<folder of libsodium 1.0.18>")
    tidegate_unpack(${sodium_tarball} ${sodium_dir})
  endif()
endif()

# Why the plain C of each: signatures are verified when a pack is loaded, not in a loop.
# What sodium_init looks after comes along; nothing of it is called.
set(sodium_files
    crypto_core/ed25519/ref10/ed25519_ref10
    crypto_core/salsa/ref/core_salsa_ref
    crypto_generichash/blake2b/generichash_blake2
    crypto_generichash/blake2b/ref/blake2b-compress-ref
    crypto_generichash/blake2b/ref/blake2b-ref
    crypto_generichash/blake2b/ref/generichash_blake2b
    crypto_generichash/crypto_generichash
    crypto_hash/sha512/cp/hash_sha512_cp
    crypto_hash/sha512/hash_sha512
    crypto_onetimeauth/poly1305/donna/poly1305_donna
    crypto_onetimeauth/poly1305/onetimeauth_poly1305
    crypto_pwhash/argon2/argon2-core
    crypto_pwhash/argon2/argon2-fill-block-ref
    crypto_pwhash/argon2/blake2b-long
    crypto_scalarmult/curve25519/ref10/x25519_ref10
    crypto_scalarmult/curve25519/scalarmult_curve25519
    crypto_sign/crypto_sign
    crypto_sign/ed25519/ref10/keypair
    crypto_sign/ed25519/ref10/open
    crypto_sign/ed25519/ref10/sign
    crypto_sign/ed25519/sign_ed25519
    crypto_stream/chacha20/ref/chacha20_ref
    crypto_stream/chacha20/stream_chacha20
    crypto_stream/salsa20/ref/salsa20_ref
    crypto_stream/salsa20/stream_salsa20
    crypto_verify/sodium/verify
    randombytes/randombytes
    randombytes/sysrandom/randombytes_sysrandom
    sodium/codecs
    sodium/core
    sodium/runtime
    sodium/utils)
list(TRANSFORM sodium_files PREPEND ${sodium_dir}/src/libsodium/)
list(TRANSFORM sodium_files APPEND .c)
add_library(sodium STATIC ${sodium_files})
# What its configure script makes of version.h.in; its authors keep one for Visual C++.
file(READ ${sodium_dir}/builds/msvc/version.h sodium_version)
string(REPLACE "\"export.h\"" "\"sodium/export.h\"" sodium_version "${sodium_version}")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/sodium/sodium/version.h CONTENT "${sodium_version}" @ONLY)
target_include_directories(
  sodium SYSTEM
  PUBLIC ${sodium_dir}/src/libsodium/include ${CMAKE_BINARY_DIR}/sodium
  PRIVATE ${sodium_dir}/src/libsodium/include/sodium ${CMAKE_BINARY_DIR}/sodium/sodium)
target_compile_definitions(sodium PUBLIC SODIUM_STATIC PRIVATE CONFIGURED=1 NATIVE_LITTLE_ENDIAN=1)
target_compile_options(sodium PRIVATE -w)
target_link_libraries(sodium PRIVATE advapi32)
