#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "pki/certificate.hpp"
#include "pki/key.hpp"

namespace inkan::pki {

/// TokenAddress is which token of which PKCS#11 library; what is empty fits every token.
struct TokenAddress {
  std::string module;     ///< the library's file
  std::string arguments;  ///< handed to C_Initialize: NSS's library is told its database there
  std::string label;
  std::string manufacturer;
  std::string model;
  std::string serial;
};

/// PinState is what a token says of its PIN (PKCS#11 v2.40, CK_TOKEN_INFO).
enum class PinState { fine, few_left, last_try, locked };

/// TokenObject is an object that a token keeps.
struct TokenObject {
  enum class Kind { certificate, private_key, public_key };
  unsigned long handle = 0;
  Bytes id;           ///< CKA_ID: the same for a certificate and its keys
  std::string label;  ///< CKA_LABEL
  Bytes value;        ///< a certificate's DER
};

/// Token is one token of a PKCS#11 library (v2.40): a smart card, an HSM, NSS's database. Its private keys never leave it; they
/// sign. *Caller's duty*: one Token at a time for a library, and every PrivateKey of it goes before it does.
///
/// Every verb may fail with
/// - `token.removed`: it was pulled out, or its driver lost it
/// - `token.full`, `token.read_only`
/// - `token.refused`: anything else; the detail is PKCS#11's number for it
class Token {
 public:
  /// open loads the library and finds the token. Errors: `token.module` (no PKCS#11 library), `token.not_found`, `token.several`
  /// (the detail names them).
  static Result<std::unique_ptr<Token>> open(const TokenAddress& address);
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;
  ~Token();

  const std::string& label() const;
  /// is_new tells that nobody has set a PIN yet.
  bool is_new() const;
  bool needs_pin() const;
  PinState pin_state() const;

  /// set_first_pin makes a new NSS database usable; an empty PIN means that none is asked for.
  Result<void> set_first_pin(const Secret& pin);
  /// log_in opens the private part. Errors: `token.pin_wrong`, `token.pin_wrong_few_left`, `token.pin_wrong_last_try` (the next
  /// wrong one locks it), `token.pin_locked`, `token.pin_length`.
  Result<void> log_in(const Secret& pin);

  /// reach asks the token for a sign of life.
  Result<void> reach();
  Result<std::vector<TokenObject>> find(TokenObject::Kind kind);

  /// make_key_pair makes a key that stays: sensitive, not extractable, for signing. Both halves bear `label` from the first
  /// moment, and an id by which NSS finds them too. Gives the private half.
  Result<TokenObject> make_key_pair(KeyAlgorithm algorithm, const std::string& label);
  /// open_key makes a private key ready to sign. Error: `token.no_key`, PublicKey::parse's.
  Result<PrivateKey> open_key(ByteView id);
  Result<void> put_certificate(const Certificate& certificate, ByteView id, const std::string& label);
  Result<void> set_label(const TokenObject& object, const std::string& label);
  Result<void> set_id(const TokenObject& object, ByteView id);
  Result<void> destroy(const TokenObject& object);

 private:
  struct State;
  explicit Token(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace inkan::pki
