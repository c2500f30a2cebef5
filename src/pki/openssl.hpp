#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <string>

#include "base/handle.hpp"

/// Private to pki: what every call into libcrypto needs.
namespace inkan::pki {

using NativeKey = Handle<EVP_PKEY, EVP_PKEY_free>;
using DigestContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using Bio = Handle<BIO, BIO_free_all>;
using Number = Handle<BIGNUM, BN_free>;

/// drain_errors empties this thread's error queue and returns its first entry in words. It is called after every failed call, so
/// that an old error is never taken for a new one.
std::string drain_errors();

/// digest is a hash that was looked up once: the lookup by name costs more than hashing a small message.
const EVP_MD* sha1_method();
const EVP_MD* sha256_method();
const EVP_MD* sha384_method();
const EVP_MD* sha512_method();

}  // namespace inkan::pki
