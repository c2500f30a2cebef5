#pragma once

#include "pki/certificate.hpp"
#include "pki/key.hpp"

namespace inkan::app {

/// Identity is a certificate and its private key, wherever that lives: what is shown in a handshake.
struct Identity {
  pki::PrivateKey key;
  pki::Certificate certificate;
};

}  // namespace inkan::app
