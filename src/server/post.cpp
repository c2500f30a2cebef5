#include "server/post.hpp"

namespace inkan::server {
namespace {

Result<mail::Relay> make_relay(const MailRelay& config) {
  auto password = read_secret(config.password_file);
  if (!password) return fail(password);
  mail::Relay relay{.url = config.url,
                    .user = config.user,
                    .password = Secret(std::move(*password)),
                    .trust = config.trust,
                    .sender = config.sender};
  if (auto good = mail::check_relay(relay); !good) return fail(good);
  return relay;
}

Result<std::optional<mail::Smime>> make_smime(const MailRelay& config) {
  if (config.smime_certificate.empty()) return std::optional<mail::Smime>();
  const auto certificates = read_file(config.smime_certificate);
  if (!certificates) return fail(certificates);
  auto key = read_secret_file(config.smime_key);
  if (!key) return fail(key);
  return mail::Smime::load(*certificates, Secret(std::move(*key)), config.sender, config.smime_exclude);
}

Result<std::vector<mail::Dkim>> make_dkim(const MailRelay& config) {
  std::vector<mail::Dkim> all;
  for (const DkimKeyFile& file : config.dkim) {
    auto key = read_secret_file(file.key);
    if (!key) return fail(key);
    auto dkim =
        mail::Dkim::load({.domain = file.domain, .selector = file.selector, .key = Secret(std::move(*key))}, config.sender);
    if (!dkim) return fail(dkim);
    all.push_back(std::move(*dkim));
  }
  return all;
}

Result<std::optional<mail::BounceAddress>> make_bounce_address(const MailRelay& config) {
  if (config.bounce_domain.empty()) return std::optional<mail::BounceAddress>();
  auto key = read_secret(config.bounce_key_file);
  if (!key) return fail(key);
  return mail::BounceAddress::make(config.bounce_domain, Secret(std::move(*key)));
}

}  // namespace

Result<std::unique_ptr<mail::Postman>> make_postman(Bank& bank) {
  const MailRelay& config = bank.config().mail;
  if (config.url.empty()) return std::unique_ptr<mail::Postman>();
  auto relay = make_relay(config);
  if (!relay) return fail(relay);
  auto smime = make_smime(config);
  if (!smime) return fail(smime);
  auto dkim = make_dkim(config);
  if (!dkim) return fail(dkim);
  auto bounces = make_bounce_address(config);
  if (!bounces) return fail(bounces);
  std::map<std::string, std::string> names;
  for (const lifecycle::Institution& institution : bank.institutions().all()) names[institution.id] = institution.name;
  return std::make_unique<mail::Postman>(
      bank.outbox(), std::move(*relay), bank.clock(),
      mail::Stationery{
          .names = std::move(names), .smime = std::move(*smime), .dkim = std::move(*dkim), .bounces = std::move(*bounces)});
}

Result<std::optional<mail::BounceBox>> open_bounce_box(const Config& config) {
  auto address = make_bounce_address(config.mail);
  if (!address) return fail(address);
  if (!*address) return std::optional<mail::BounceBox>();
  return mail::BounceBox::open(config.mail.bounces, std::move(**address));
}

}  // namespace inkan::server
