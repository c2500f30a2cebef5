#include "support/pkcs11_shim.hpp"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

extern "C" {
[[gnu::visibility("default")]] inkan::ShimOrders pkcs11_shim_orders;
}

namespace {

inkan::ShimOrders& orders = pkcs11_shim_orders;
CK_FUNCTION_LIST* real = nullptr;
CK_FUNCTION_LIST shim;

/// change does one change, unless it is the one that fails; `half` is what is done of that one.
template <class Act, class Half>
CK_RV change(Act act, Half half) {
  if (orders.dead) return CKR_DEVICE_REMOVED;
  if (++orders.changes != orders.fail_at) return act();
  orders.dead = orders.dies;
  if (orders.torn) half();
  return orders.error;
}

template <class Act>
CK_RV unless_dead(Act act) {
  return orders.dead ? CK_RV{CKR_DEVICE_REMOVED} : act();
}

CK_RV generate(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_ATTRIBUTE* open, CK_ULONG open_count, CK_ATTRIBUTE* closed,
               CK_ULONG closed_count, CK_OBJECT_HANDLE* public_half, CK_OBJECT_HANDLE* private_half) {
  const auto act = [&] {
    return real->C_GenerateKeyPair(session, mechanism, open, open_count, closed, closed_count, public_half, private_half);
  };
  return change(act, [&] {
    if (act() == CKR_OK) real->C_DestroyObject(session, orders.keeps_public ? *private_half : *public_half);
  });
}

CK_RV create(CK_SESSION_HANDLE session, CK_ATTRIBUTE* list, CK_ULONG count, CK_OBJECT_HANDLE* made) {
  const auto act = [&] { return real->C_CreateObject(session, list, count, made); };
  return change(act, act);
}

CK_RV set(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* list, CK_ULONG count) {
  const auto act = [&] { return real->C_SetAttributeValue(session, object, list, count); };
  return change(act, act);
}

CK_RV destroy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object) {
  const auto act = [&] { return real->C_DestroyObject(session, object); };
  return change(act, act);
}

CK_RV find(CK_SESSION_HANDLE session, CK_ATTRIBUTE* list, CK_ULONG count) {
  return unless_dead([&] { return real->C_FindObjectsInit(session, list, count); });
}

CK_RV read(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* list, CK_ULONG count) {
  return unless_dead([&] { return real->C_GetAttributeValue(session, object, list, count); });
}

CK_RV session(CK_SESSION_HANDLE session, CK_SESSION_INFO* info) {
  return unless_dead([&] { return real->C_GetSessionInfo(session, info); });
}

CK_RV sign(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  return unless_dead([&] { return real->C_SignInit(session, mechanism, key); });
}

CK_RV log_in(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR* pin, CK_ULONG size) {
  if (orders.tries_left == 0) return CKR_PIN_LOCKED;
  const CK_RV value = unless_dead([&] { return real->C_Login(session, user, pin, size); });
  if (value == CKR_PIN_INCORRECT && orders.tries_left > 0) --orders.tries_left;
  return value;
}

CK_RV token(CK_SLOT_ID slot, CK_TOKEN_INFO* info) {
  const CK_RV value = real->C_GetTokenInfo(slot, info);
  if (value != CKR_OK || orders.tries_left < 0) return value;
  info->flags &= ~CK_FLAGS{CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED};
  if (orders.tries_left == 2) info->flags |= CKF_USER_PIN_COUNT_LOW;
  if (orders.tries_left == 1) info->flags |= CKF_USER_PIN_FINAL_TRY;
  if (orders.tries_left == 0) info->flags |= CKF_USER_PIN_LOCKED;
  return CKR_OK;
}

}  // namespace

extern "C" [[gnu::visibility("default")]] CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  void* library = ::dlopen(orders.module, RTLD_NOW | RTLD_LOCAL);
  void* symbol = library != nullptr ? ::dlsym(library, "C_GetFunctionList") : nullptr;
  if (symbol == nullptr || reinterpret_cast<CK_C_GetFunctionList>(symbol)(&real) != CKR_OK) return CKR_GENERAL_ERROR;
  shim = *real;
  shim.C_GenerateKeyPair = generate;
  shim.C_CreateObject = create;
  shim.C_SetAttributeValue = set;
  shim.C_DestroyObject = destroy;
  shim.C_FindObjectsInit = find;
  shim.C_GetAttributeValue = read;
  shim.C_GetSessionInfo = session;
  shim.C_SignInit = sign;
  shim.C_Login = log_in;
  shim.C_GetTokenInfo = token;
  *list = &shim;
  return CKR_OK;
}
