#include "store/columns.hpp"

namespace inkan::store {

Result<lifecycle::Holder> to_holder(const Row& row) {
  using lifecycle::Entitlement;
  using lifecycle::Role;
  Columns in(row);
  return in.whole(lifecycle::Holder{.id = in.holder(),
                                    .role = in.word(Role::administrator, Role::user),
                                    .company = in.text(),
                                    .name = in.text(),
                                    .mail = in.text(),
                                    .password_hash = in.text(),
                                    .entitlement = in.word(Entitlement::none, Entitlement::terminated),
                                    .acquire_until = in.maybe(&Columns::day),
                                    .created_at = in.instant(),
                                    .last_login = in.maybe(&Columns::instant),
                                    .contract = in.text()});
}

Result<lifecycle::OneTimeCode> to_code(const Row& row) {
  using lifecycle::CodePurpose;
  Columns in(row);
  return in.whole(lifecycle::OneTimeCode{.id = in.text(),
                                         .holder = in.holder(),
                                         .purpose = in.word(CodePurpose::certificate, CodePurpose::new_computer),
                                         .hash = in.maybe(&Columns::digest),
                                         .created_at = in.instant(),
                                         .usable_from = in.instant(),
                                         .expires_at = in.instant(),
                                         .used_at = in.maybe(&Columns::instant),
                                         .released_by = in.text()});
}

Result<lifecycle::Contact> to_contact(const Row& row) {
  Columns in(row);
  return in.whole(lifecycle::Contact{.holder = in.holder(),
                                     .address = in.text(),
                                     .added_at = in.instant(),
                                     .checked_at = in.maybe(&Columns::instant),
                                     .check_hash = in.maybe(&Columns::digest),
                                     .check_until = in.maybe(&Columns::instant),
                                     .check_tries = in.small(),
                                     .undeliverable_since = in.maybe(&Columns::instant),
                                     .undeliverable_why = in.text(),
                                     .soft_bounces = in.small()});
}

Result<lifecycle::Staff> to_staff(const Row& row) {
  using lifecycle::StaffRole;
  Columns in(row);
  return in.whole(lifecycle::Staff{.id = in.staff(),
                                   .role = in.word(StaffRole::auditor, StaffRole::approver),
                                   .name = in.text(),
                                   .password_hash = in.text(),
                                   .certificate = in.bytes(),
                                   .fingerprint = in.digest(),
                                   .added_at = in.instant(),
                                   .removed_at = in.maybe(&Columns::instant)});
}

Result<lifecycle::StaffSession> to_staff_session(const Row& row) {
  Columns in(row);
  return in.whole(lifecycle::StaffSession{.token_hash = in.digest(),
                                          .staff = in.staff(),
                                          .fingerprint = in.digest(),
                                          .created_at = in.instant(),
                                          .expires_at = in.instant(),
                                          .seen_at = in.instant()});
}

Result<lifecycle::StaffRequest> to_request(const Row& row) {
  using lifecycle::RequestAct;
  using lifecycle::RequestState;
  Columns in(row);
  return in.whole(lifecycle::StaffRequest{.number = in.text(),
                                          .holder = in.holder(),
                                          .act = in.word(RequestAct::first, RequestAct::release),
                                          .state = in.word(RequestState::waiting, RequestState::refused),
                                          .about = in.maybe_serial(),
                                          .identity_check = in.text(),
                                          .call_back = in.text(),
                                          .requested_by = in.text(),
                                          .requested_at = in.instant(),
                                          .request_signature = in.bytes(),
                                          .decided_by = in.text(),
                                          .decided_at = in.maybe(&Columns::instant),
                                          .decision_signature = in.bytes(),
                                          .decision_note = in.text()});
}

}  // namespace inkan::store
