#include "pki/token.hpp"

#include <dlfcn.h>
#include <libp11.h>
#include <p11-kit/pkcs11.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "pki/der.hpp"
#include "pki/digest.hpp"
#include "pki/native_key.hpp"

namespace inkan::pki {
namespace {

constexpr std::uint8_t kP256[] = {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
constexpr std::uint8_t kP384[] = {0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22};
constexpr std::uint8_t kExponent[] = {0x01, 0x00, 0x01};
constexpr CK_ULONG kObjectsAtOnce = 32;

/// Template is a list of attributes; what it points to must outlive the call.
class Template {
 public:
  Template& number(CK_ATTRIBUTE_TYPE type, const CK_ULONG& value) { return raw(type, &value, sizeof value); }
  Template& flag(CK_ATTRIBUTE_TYPE type, bool value) { return raw(type, value ? &kTrue : &kFalse, sizeof kTrue); }
  Template& bytes(CK_ATTRIBUTE_TYPE type, ByteView value) { return raw(type, value.data(), value.size()); }
  Template& text(CK_ATTRIBUTE_TYPE type, std::string_view value) { return raw(type, value.data(), value.size()); }
  CK_ATTRIBUTE* data() { return list_.data(); }
  CK_ULONG size() const { return list_.size(); }

 private:
  Template& raw(CK_ATTRIBUTE_TYPE type, const void* value, std::size_t size) {
    // The interface is C's and takes no const, though it only reads.
    list_.push_back({type, const_cast<void*>(value), size});
    return *this;
  }
  static constexpr CK_BBOOL kTrue = CK_TRUE;
  static constexpr CK_BBOOL kFalse = CK_FALSE;
  std::vector<CK_ATTRIBUTE> list_;
};

CK_OBJECT_CLASS class_of(TokenObject::Kind kind) {
  switch (kind) {
    case TokenObject::Kind::certificate: return CKO_CERTIFICATE;
    case TokenObject::Kind::private_key: return CKO_PRIVATE_KEY;
    case TokenObject::Kind::public_key: return CKO_PUBLIC_KEY;
  }
  return CKO_DATA;
}

std::unexpected<Error> refuse(CK_RV value) {
  switch (value) {
    case CKR_DEVICE_REMOVED:
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_TOKEN_NOT_RECOGNIZED:
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_SESSION_CLOSED:
    case CKR_DEVICE_ERROR: return fail(Code::unavailable, "token.removed");
    case CKR_DEVICE_MEMORY: return fail(Code::refused, "token.full");
    case CKR_TOKEN_WRITE_PROTECTED:
    case CKR_SESSION_READ_ONLY: return fail(Code::refused, "token.read_only");
    case CKR_PIN_LOCKED: return fail(Code::unauthenticated, "token.pin_locked");
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_INVALID: return fail(Code::unauthenticated, "token.pin_length");
    default: break;
  }
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string number = "0x";
  for (int shift = 28; shift >= 0; shift -= 4) number += kDigits[(value >> static_cast<unsigned>(shift)) & 0xFU];
  return fail(Code::refused, "token.refused", number);
}

/// trim reads one of PKCS#11's fixed fields, which blanks fill up.
template <std::size_t size>
std::string trim(const CK_UTF8CHAR (&field)[size]) {
  std::string text(field, field + size);
  text.erase(text.find_last_not_of(std::string(" \0", 2)) + 1);
  return text;
}

bool fits(const std::string& wanted, const std::string& is) { return wanted.empty() || wanted == is; }

/// Library is the loaded PKCS#11 module: libp11 starts and ends it, and makes OpenSSL's keys; the rest asks it directly.
class Library {
 public:
  static Result<std::unique_ptr<Library>> load(const TokenAddress& address) {
    auto made = std::make_unique<Library>();
    const auto refused = [&] { return fail(Code::not_found, "token.module", address.module); };
    made->handle_ = ::dlopen(address.module.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!made->context_ || made->handle_ == nullptr) return refused();
    if (!address.arguments.empty()) PKCS11_CTX_init_args(made->context_.get(), address.arguments.c_str());
    made->loaded_ = PKCS11_CTX_load(made->context_.get(), address.module.c_str()) == 0;  // the same instance
    static_cast<void>(drain_errors());
    void* symbol = made->loaded_ ? ::dlsym(made->handle_, "C_GetFunctionList") : nullptr;
    if (symbol == nullptr || reinterpret_cast<CK_C_GetFunctionList>(symbol)(&made->functions_) != CKR_OK) return refused();
    // p11-kit's libraries hand out a new list, with a life of its own, to everybody who asks; of others there is one.
    CK_C_INITIALIZE_ARGS how{};
    how.flags = CKF_OS_LOCKING_OK;
    std::string arguments = address.arguments;
    how.pReserved = arguments.empty() ? nullptr : arguments.data();
    const CK_RV begun = made->functions_->C_Initialize(&how);
    if (begun != CKR_OK && begun != CKR_CRYPTOKI_ALREADY_INITIALIZED) return refused();
    made->begun_ = begun == CKR_OK;
    return made;
  }
  Library() : context_(PKCS11_CTX_new()) {}
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (slots_ != nullptr) PKCS11_release_all_slots(context_.get(), slots_, slot_count_);
    if (begun_) static_cast<void>(functions_->C_Finalize(nullptr));
    if (loaded_) PKCS11_CTX_unload(context_.get());
    if (handle_ != nullptr) ::dlclose(handle_);
  }

  CK_FUNCTION_LIST& call() const { return *functions_; }

  /// find_slot is libp11's own picture of a slot.
  PKCS11_SLOT* find_slot(CK_SLOT_ID id) {
    if (slots_ == nullptr && PKCS11_enumerate_slots(context_.get(), &slots_, &slot_count_) != 0) return nullptr;
    for (unsigned int i = 0; i < slot_count_; ++i)
      if (PKCS11_get_slotid_from_slot(slots_ + i) == id) return slots_ + i;
    return nullptr;
  }

 private:
  Handle<PKCS11_CTX, PKCS11_CTX_free> context_;
  bool loaded_ = false;
  bool begun_ = false;  // by us, and not by libp11 for both
  void* handle_ = nullptr;
  CK_FUNCTION_LIST* functions_ = nullptr;
  PKCS11_SLOT* slots_ = nullptr;
  unsigned int slot_count_ = 0;
};

}  // namespace

struct Token::State {
  std::unique_ptr<Library> library;
  CK_SLOT_ID slot = 0;
  CK_SESSION_HANDLE session = 0;
  std::string label;

  CK_FUNCTION_LIST& call() const { return library->call(); }

  CK_FLAGS flags() const {
    CK_TOKEN_INFO info{};
    return call().C_GetTokenInfo(slot, &info) == CKR_OK ? info.flags : 0;
  }

  /// attribute reads one attribute; what an object does not have is empty.
  Result<Bytes> attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
    CK_ATTRIBUTE wanted{type, nullptr, 0};
    CK_RV value = call().C_GetAttributeValue(session, object, &wanted, 1);
    if (value == CKR_ATTRIBUTE_TYPE_INVALID || value == CKR_ATTRIBUTE_SENSITIVE) return Bytes();
    if (value != CKR_OK) return refuse(value);
    if (wanted.ulValueLen == CK_UNAVAILABLE_INFORMATION || wanted.ulValueLen == 0) return Bytes();
    Bytes content(wanted.ulValueLen);
    wanted.pValue = content.data();
    value = call().C_GetAttributeValue(session, object, &wanted, 1);
    if (value != CKR_OK) return refuse(value);
    content.resize(wanted.ulValueLen);
    return content;
  }

  Result<void> set(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, ByteView content) const {
    Template wanted;
    wanted.bytes(type, content);
    const CK_RV value = call().C_SetAttributeValue(session, object, wanted.data(), wanted.size());
    return value == CKR_OK ? Result<void>() : refuse(value);
  }

  Result<TokenObject> read(TokenObject::Kind kind, CK_OBJECT_HANDLE handle) const {
    const auto id = attribute(handle, CKA_ID);
    const auto name = attribute(handle, CKA_LABEL);
    auto value = kind == TokenObject::Kind::certificate ? attribute(handle, CKA_VALUE) : Result<Bytes>(Bytes());
    if (!id) return fail(id);
    if (!name) return fail(name);
    if (!value) return fail(value);
    return TokenObject{handle, *id, std::string(as_text(*name)), std::move(*value)};
  }

  /// id_of_new is the id NSS gives a key: SHA-1 of the modulus, or of the point.
  Result<Bytes> id_of_new(CK_OBJECT_HANDLE key, bool rsa) const {
    const auto value = attribute(key, rsa ? CKA_MODULUS : CKA_EC_POINT);
    if (!value) return fail(value);
    ByteView view = *value;
    if (rsa) {
      while (view.size() > 1 && view.front() == 0) view = view.subspan(1);
      return sha1(view);
    }
    DerReader reader(view);  // an OCTET STRING by the standard; some give the point bare
    const ByteView point = reader.take(tag::kOctetString).content;
    return sha1(reader.done() ? point : view);
  }
};

Token::Token(std::unique_ptr<State> state) : state_(std::move(state)) {}

Token::~Token() { static_cast<void>(state_->call().C_CloseSession(state_->session)); }

const std::string& Token::label() const { return state_->label; }
bool Token::is_new() const { return (state_->flags() & CKF_USER_PIN_INITIALIZED) == 0; }
bool Token::needs_pin() const { return (state_->flags() & CKF_LOGIN_REQUIRED) != 0; }

PinState Token::pin_state() const {
  const CK_FLAGS flags = state_->flags();
  if ((flags & CKF_USER_PIN_LOCKED) != 0) return PinState::locked;
  if ((flags & CKF_USER_PIN_FINAL_TRY) != 0) return PinState::last_try;
  if ((flags & CKF_USER_PIN_COUNT_LOW) != 0) return PinState::few_left;
  return PinState::fine;
}

Result<std::unique_ptr<Token>> Token::open(const TokenAddress& address) {
  auto library = Library::load(address);
  if (!library) return fail(library);
  CK_FUNCTION_LIST& call = (*library)->call();
  CK_ULONG count = 0;
  CK_RV value = call.C_GetSlotList(CK_TRUE, nullptr, &count);
  std::vector<CK_SLOT_ID> slots(count);
  if (value == CKR_OK && count > 0) value = call.C_GetSlotList(CK_TRUE, slots.data(), &count);
  if (value != CKR_OK) return refuse(value);
  slots.resize(count);

  std::vector<std::pair<CK_SLOT_ID, std::string>> found;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info{};
    if (call.C_GetTokenInfo(slot, &info) != CKR_OK) continue;
    // A blank card is nobody's; a database that is new says the same of itself until its first PIN.
    if ((info.flags & CKF_TOKEN_INITIALIZED) == 0 && address.arguments.empty()) continue;
    if (fits(address.label, trim(info.label)) && fits(address.manufacturer, trim(info.manufacturerID)) &&
        fits(address.model, trim(info.model)) && fits(address.serial, trim(info.serialNumber)))
      found.emplace_back(slot, trim(info.label));
  }
  if (found.empty()) return fail(Code::not_found, "token.not_found", address.label);
  if (found.size() > 1) {
    std::string names;
    for (const auto& [slot, label] : found) names += (names.empty() ? "" : ", ") + label;
    return fail(Code::conflict, "token.several", names);
  }
  auto state = std::make_unique<State>();
  state->library = std::move(*library);
  std::tie(state->slot, state->label) = found.front();
  value = call.C_OpenSession(state->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &state->session);
  if (value == CKR_TOKEN_WRITE_PROTECTED)  // still good for looking
    value = call.C_OpenSession(state->slot, CKF_SERIAL_SESSION, nullptr, nullptr, &state->session);
  if (value != CKR_OK) return refuse(value);
  return std::unique_ptr<Token>(new Token(std::move(state)));
}

Result<void> Token::set_first_pin(const Secret& pin) {
  CK_FUNCTION_LIST& call = state_->call();
  std::string text(pin.reveal());  // C takes no const
  auto* bytes = reinterpret_cast<CK_UTF8CHAR*>(text.data());
  CK_UTF8CHAR none = 0;
  CK_RV value = call.C_Login(state_->session, CKU_SO, &none, 0);
  if (value == CKR_OK) {
    value = call.C_InitPIN(state_->session, bytes, text.size());
    static_cast<void>(call.C_Logout(state_->session));
  }
  OPENSSL_cleanse(text.data(), text.size());
  return value == CKR_OK ? Result<void>() : refuse(value);
}

Result<void> Token::log_in(const Secret& pin) {
  std::string text(pin.reveal());
  const CK_RV value = state_->call().C_Login(state_->session, CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(text.data()), text.size());
  const bool in = value == CKR_OK || value == CKR_USER_ALREADY_LOGGED_IN;
  // Only a PIN that was right is given a second time: libp11 may have a line of its own to the token.
  PKCS11_SLOT* slot = in ? state_->library->find_slot(state_->slot) : nullptr;
  if (slot != nullptr) static_cast<void>(PKCS11_login(slot, 0, text.c_str()));
  OPENSSL_cleanse(text.data(), text.size());
  static_cast<void>(drain_errors());
  if (in) return {};
  if (value != CKR_PIN_INCORRECT) return refuse(value);
  switch (pin_state()) {
    case PinState::locked: return fail(Code::unauthenticated, "token.pin_locked");
    case PinState::last_try: return fail(Code::unauthenticated, "token.pin_wrong_last_try");
    case PinState::few_left: return fail(Code::unauthenticated, "token.pin_wrong_few_left");
    case PinState::fine: break;
  }
  return fail(Code::unauthenticated, "token.pin_wrong");
}

Result<void> Token::reach() {
  CK_SESSION_INFO info{};
  const CK_RV value = state_->call().C_GetSessionInfo(state_->session, &info);
  return value == CKR_OK ? Result<void>() : refuse(value);
}

Result<std::vector<TokenObject>> Token::find(TokenObject::Kind kind) {
  CK_FUNCTION_LIST& call = state_->call();
  const CK_OBJECT_CLASS wanted = class_of(kind);
  Template by_class;
  by_class.number(CKA_CLASS, wanted).flag(CKA_TOKEN, true);
  CK_RV value = call.C_FindObjectsInit(state_->session, by_class.data(), by_class.size());
  std::vector<CK_OBJECT_HANDLE> handles;
  std::array<CK_OBJECT_HANDLE, kObjectsAtOnce> some{};
  CK_ULONG count = some.size();
  while (value == CKR_OK && count > 0) {
    value = call.C_FindObjects(state_->session, some.data(), some.size(), &count);
    if (value == CKR_OK) handles.insert(handles.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
  }
  if (value != CKR_OK) return refuse(value);
  static_cast<void>(call.C_FindObjectsFinal(state_->session));
  std::vector<TokenObject> objects;
  for (const CK_OBJECT_HANDLE handle : handles) {
    auto object = state_->read(kind, handle);
    if (!object) return fail(object);
    objects.push_back(std::move(*object));
  }
  return objects;
}

Result<TokenObject> Token::make_key_pair(KeyAlgorithm algorithm, const std::string& label) {
  if (family_of(algorithm) == KeyFamily::ml_dsa) return fail(Code::invalid, "key.unavailable", "ML-DSA in a token");
  const bool rsa = family_of(algorithm) == KeyFamily::rsa;
  const CK_ULONG bits = algorithm == KeyAlgorithm::rsa2048 ? 2048 : algorithm == KeyAlgorithm::rsa3072 ? 3072 : 4096;
  const ByteView curve = algorithm == KeyAlgorithm::p256 ? ByteView(kP256) : ByteView(kP384);
  const Bytes passing = to_bytes(sha256(as_bytes(label)).view());  // until the key is known
  Template open;
  open.flag(CKA_TOKEN, true).flag(CKA_PRIVATE, false).flag(CKA_VERIFY, true).text(CKA_LABEL, label).bytes(CKA_ID, passing);
  if (rsa)
    open.number(CKA_MODULUS_BITS, bits).bytes(CKA_PUBLIC_EXPONENT, kExponent);
  else
    open.bytes(CKA_EC_PARAMS, curve);
  Template closed;
  closed.flag(CKA_TOKEN, true).flag(CKA_PRIVATE, true).flag(CKA_SENSITIVE, true).flag(CKA_EXTRACTABLE, false);
  closed.flag(CKA_SIGN, true).text(CKA_LABEL, label).bytes(CKA_ID, passing);
  CK_MECHANISM mechanism{rsa ? CK_MECHANISM_TYPE{CKM_RSA_PKCS_KEY_PAIR_GEN} : CK_MECHANISM_TYPE{CKM_EC_KEY_PAIR_GEN}, nullptr, 0};
  CK_OBJECT_HANDLE public_half = 0;
  CK_OBJECT_HANDLE private_half = 0;
  const CK_RV value = state_->call().C_GenerateKeyPair(state_->session, &mechanism, open.data(), open.size(), closed.data(),
                                                       closed.size(), &public_half, &private_half);
  if (value != CKR_OK) return refuse(value);
  const auto id = state_->id_of_new(public_half, rsa);
  if (!id) return fail(id);
  // A token that keeps the id it was given first is as good: the certificate will bear whatever its key bears.
  if (set_id({.handle = private_half, .id = {}, .label = {}, .value = {}}, *id))
    if (auto set = set_id({.handle = public_half, .id = {}, .label = {}, .value = {}}, *id); !set) return fail(set);
  return state_->read(TokenObject::Kind::private_key, private_half);
}

Result<PrivateKey> Token::open_key(ByteView id) {
  const auto missing = [] { return fail(Code::not_found, "token.no_key", drain_errors()); };
  PKCS11_SLOT* slot = state_->library->find_slot(state_->slot);
  PKCS11_KEY* keys = nullptr;
  unsigned int count = 0;
  if (slot == nullptr || slot->token == nullptr || PKCS11_enumerate_keys(slot->token, &keys, &count) != 0) return missing();
  for (unsigned int i = 0; i < count; ++i) {
    if (!std::ranges::equal(ByteView(keys[i].id, keys[i].id_len), id)) continue;
    NativeKey native(PKCS11_get_private_key(keys + i));
    if (!native) return missing();
    return AdoptedKey::from(std::move(native));
  }
  return missing();
}

Result<void> Token::put_certificate(const Certificate& certificate, ByteView id, const std::string& label) {
  DerWriter serial;
  serial.primitive(tag::kInteger, certificate.serial().bytes());
  const CK_OBJECT_CLASS object_class = CKO_CERTIFICATE;
  const CK_ULONG type = CKC_X_509;
  Template object;
  object.number(CKA_CLASS, object_class).number(CKA_CERTIFICATE_TYPE, type).flag(CKA_TOKEN, true).flag(CKA_PRIVATE, false);
  object.text(CKA_LABEL, label).bytes(CKA_ID, id).bytes(CKA_SUBJECT, certificate.subject().der());
  object.bytes(CKA_ISSUER, certificate.issuer().der()).bytes(CKA_SERIAL_NUMBER, serial.bytes());
  object.bytes(CKA_VALUE, certificate.der());
  CK_OBJECT_HANDLE made = 0;
  const CK_RV value = state_->call().C_CreateObject(state_->session, object.data(), object.size(), &made);
  return value == CKR_OK ? Result<void>() : refuse(value);
}

Result<void> Token::set_label(const TokenObject& object, const std::string& label) {
  return state_->set(object.handle, CKA_LABEL, as_bytes(label));
}

Result<void> Token::set_id(const TokenObject& object, ByteView id) { return state_->set(object.handle, CKA_ID, id); }

Result<void> Token::destroy(const TokenObject& object) {
  const CK_RV value = state_->call().C_DestroyObject(state_->session, object.handle);
  return value == CKR_OK || value == CKR_OBJECT_HANDLE_INVALID ? Result<void>() : refuse(value);
}

}  // namespace inkan::pki
