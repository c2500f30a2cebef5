#include "server/config.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>

namespace inkan::server {
namespace {

const std::filesystem::path kSource = INKAN_SOURCE_DIR;

std::string example() { return *read_file(kSource / "deploy" / "inkan.example.toml"); }

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Config, the_example_that_we_ship_is_good) {
  const auto config = parse_config(example(), "example", "/etc/inkan");
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->store, "sqlite:/var/lib/inkan/inkan.db");
  EXPECT_EQ(config->login.port, 8443);
  EXPECT_EQ(config->sites.front().login_suffix, "login.bank.example");
  EXPECT_EQ(config->registration_authorities.size(), 1u);
  EXPECT_TRUE(config->gatekeepers.empty());
}

TEST(Config, relative_paths_are_taken_from_the_file) {
  const auto config = parse_config(with(example(), "sqlite:/var/lib/inkan/inkan.db", "sqlite:inkan.db"), "example", "/srv/demo");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->store, "sqlite:/srv/demo/inkan.db");
}

TEST(Config, what_is_wrong_is_refused_with_its_line) {
  const auto refused = [](const std::string& text) { return parse_config(text, "f", "/").error(); };
  EXPECT_EQ(refused(with(example(), "[[site]]", "[[sites]]")).id, "config.value");
  EXPECT_EQ(refused(with(example(), "0.0.0.0:443", "443")).id, "config.value");
  EXPECT_EQ(refused(with(example(), "0.0.0.0:443", "0.0.0.0:99999")).id, "config.value");
  EXPECT_EQ(refused(with(example(), "https://ib.bank.example", "http://ib.bank.example")).id, "config.value");
  EXPECT_EQ(refused(with(example(), "workers", "wokers")).id, "config.unknown_key");
}

TEST(Config, keys_are_inside_unless_a_signer_is_asked_for) {
  const std::string section = "[signer]\nmode = \"apart\"";
  const auto apart = parse_config(example(), "f", "/etc/inkan");
  ASSERT_TRUE(apart);
  EXPECT_EQ(apart->signer.mode, SignerMode::apart);
  EXPECT_TRUE(apart->signer.start);
  EXPECT_EQ(apart->signer.socket, "/var/lib/inkan/ca/signer.socket");
  EXPECT_EQ(apart->signer.journal, "/var/lib/inkan/ca/signer.journal");
  const auto inside = parse_config(with(example(), section, ""), "f", "/etc/inkan");
  ASSERT_TRUE(inside);
  EXPECT_EQ(inside->signer.mode, SignerMode::inside);
  const auto own = parse_config(
      with(example(), section, section + "\nstart = false\nsocket = \"s\"\njournal = \"j\"\nclient = \"inkan\"\ngroup = \"g\""),
      "f", "/srv");
  ASSERT_TRUE(own) << own.error().detail;
  EXPECT_FALSE(own->signer.start);
  EXPECT_EQ(own->signer.socket, "/srv/s");
  EXPECT_EQ(own->signer.journal, "/srv/j");
  EXPECT_EQ(own->signer.client, "inkan");
  EXPECT_EQ(own->signer.group, "g");
  EXPECT_EQ(parse_config(with(example(), "\"apart\"", "\"elsewhere\""), "f", "/").error().id, "config.value");
}

TEST(Config, T17_shards_are_none_unless_asked_for_and_within_bounds) {
  EXPECT_EQ(parse_config(example(), "f", "/")->crl_shards, 0U);
  const auto with_shards = [](const std::string& number) {
    return parse_config(with(example(), "[ca]\n", "[ca]\ncrl_shards = " + number + "\n"), "f", "/");
  };
  EXPECT_EQ(with_shards("16")->crl_shards, 16U);
  for (const char* bad : {"0", "1", "1025", "-2", "\"16\""}) EXPECT_EQ(with_shards(bad).error().id, "config.value") << bad;
}

TEST(Config, T10_limits_have_defaults_and_bounds) {
  const auto config = parse_config(example(), "f", "/");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->limits.tries, 60);
  EXPECT_TRUE(config->proxies.empty());
  const auto given = parse_config(example() + "\n[limits]\ntries = 5\ntries_per_minute = 1\naddresses = 100\n", "f", "/");
  ASSERT_TRUE(given) << given.error().detail;
  EXPECT_EQ(given->limits.tries, 5);
  EXPECT_EQ(given->limits.per_minute, 1);
  EXPECT_EQ(given->limits.addresses, 100u);
  EXPECT_EQ(parse_config(example() + "\n[limits]\ntries_per_minute = 0\n", "f", "/").error().id, "config.value");
  const auto proxied = parse_config(with(example(), "workers", "proxies = [\"192.0.2.1\"]\nworkers"), "f", "/");
  ASSERT_TRUE(proxied) << proxied.error().detail;
  EXPECT_EQ(proxied->proxies.front(), "192.0.2.1");
  EXPECT_EQ(parse_config(with(example(), "workers", "proxies = [\"lb.example\"]\nworkers"), "f", "/").error().id, "config.value");
}

TEST(Config, letters_are_signed_and_bounces_read_where_all_of_it_is_given) {
  const auto parse = [](const std::string& more) {
    return parse_config(with(example(), "sender = \"notice@bank.example\"", "sender = \"notice@bank.example\"\n" + more), "f",
                        "/e");
  };
  const auto config = parse(
      "smime_certificate = \"s.pem\"\nsmime_key = \"s.key\"\nbounce_domain = \"b.example\"\nbounce_key_file = \"b.key\"\n"
      "bounces = \"b\"\n[[mail.dkim]]\ndomain = \"bank.example\"\nselector = \"s1\"\nkey = \"1.key\"\n"
      "[[mail.dkim]]\ndomain = \"bank.example\"\nselector = \"s2\"\nkey = \"2.key\"\n");
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->mail.smime_key, "/e/s.key");
  EXPECT_NE(std::ranges::find(config->mail.smime_exclude, "hotmail.com"), config->mail.smime_exclude.end());
  EXPECT_EQ(config->mail.bounces, "/e/b");
  ASSERT_EQ(config->mail.dkim.size(), 2u);
  EXPECT_EQ(config->mail.dkim[1].selector, "s2");
  const std::string smime = "smime_certificate = \"s.pem\"\nsmime_key = \"s.key\"\n";
  EXPECT_EQ(parse(smime + "smime_exclude = [\"docomo.ne.jp\"]")->mail.smime_exclude, std::vector<std::string>{"docomo.ne.jp"});
  EXPECT_TRUE(parse(smime + "smime_exclude = []")->mail.smime_exclude.empty());
  EXPECT_EQ(parse("smime_key = \"s.key\"").error().id, "config.value");
  EXPECT_EQ(parse("bounce_domain = \"b.example\"\nbounces = \"b\"").error().id, "config.value");
  EXPECT_EQ(parse("[[mail.dkim]]\ndomain = \"bank.example\"").error().id, "config.value");
}

TEST(Config, a_gatekeeper_is_an_institution_and_its_proxys_certificate) {
  const auto config =
      parse_config(example() + "[[gatekeeper]]\ninstitution = \"d1\"\ncertificate = \"nginx.pem\"\n", "example", "/etc/inkan");
  ASSERT_TRUE(config) << config.error().detail;
  ASSERT_EQ(config->gatekeepers.size(), 1u);
  EXPECT_EQ(config->gatekeepers[0].institution, "d1");
  EXPECT_EQ(config->gatekeepers[0].certificate, "/etc/inkan/nginx.pem");
  EXPECT_EQ(parse_config(example() + "[[gatekeeper]]\ninstitution = \"d1\"\n", "example", "/").error().id, "config.value");
}

TEST(Config, an_application_has_addresses_that_can_be_compared_and_a_name_for_the_audit_trail) {
  const std::string good =
      "[[oidc_client]]\ninstitution = \"d1\"\nid = \"kaikei\"\nname = \"会計\"\n"
      "redirect_uris = [\"https://kaikei.example/back\"]\ncertificate = \"kaikei.pem\"\n";
  const auto read = [](const std::string& text) { return parse_config(example() + text, "example", "/etc/inkan"); };
  const auto config = read(good);
  ASSERT_TRUE(config) << config.error().detail;
  ASSERT_EQ(config->oidc_clients.size(), 1u);
  EXPECT_EQ(config->oidc_clients[0].redirect_uris, std::vector<std::string>{"https://kaikei.example/back"});
  EXPECT_EQ(config->oidc_clients[0].certificate, "/etc/inkan/kaikei.pem");
  EXPECT_TRUE(config->oidc_clients[0].logout_uris.empty());
  EXPECT_EQ(config->oidc_clients[0].logout_call, "");
  const auto told = read(good + "backchannel_logout_uri = \"https://kaikei.example/over\"\ntrust = \"kaikei-ca.pem\"\n");
  ASSERT_TRUE(told) << told.error().detail;
  EXPECT_EQ(told->oidc_clients[0].logout_call, "https://kaikei.example/over");
  EXPECT_EQ(told->oidc_clients[0].trust, "/etc/inkan/kaikei-ca.pem");
  for (const char* wrong : {"http://kaikei.example/over", "https://kaikei.example/over#x", "over"})
    EXPECT_EQ(read(good + "backchannel_logout_uri = \"" + wrong + "\"\n").error().id, "config.value") << wrong;
  for (const auto& [from, to] : {std::pair{"https://kaikei.example/back", "http://kaikei.example/back"},
                                 {"https://kaikei.example/back", "https://kaikei.example/back#x"},
                                 {"\"https://kaikei.example/back\"", ""},
                                 {"id = \"kaikei\"", "id = \"会計\""},
                                 {"name = \"会計\"", "name = \"\""},
                                 {"certificate", "secret"}})
    EXPECT_EQ(read(with(good, from, to)).error().id, "config.value") << to;
}

TEST(Config, the_banks_desk_is_there_only_when_it_is_asked_for_and_then_whole) {
  const auto config = parse_config(example(), "example", "/etc/inkan");
  ASSERT_TRUE(config) << config.error().detail;
  ASSERT_TRUE(config->console);
  EXPECT_EQ(config->console->listen.port, 8444);
  EXPECT_EQ(config->console->origin, "https://desk.bank.example:8444");
  EXPECT_EQ(config->console->client_ca, std::vector<std::filesystem::path>{"/etc/inkan/staff-ca.pem"});
  EXPECT_TRUE(config->console->client_crl.empty());
  const auto judged = parse_config(with(example(), "# client_crl", "client_crl"), "example", "/etc/inkan");
  ASSERT_TRUE(judged) << judged.error().detail;
  EXPECT_EQ(judged->console->client_crl, std::vector<std::filesystem::path>{"/var/lib/inkan/staff-ca.crl"});
  const std::string table =
      "[console]\nlisten = \"10.0.0.5:8444\"\norigin = \"https://desk.bank.example:8444\"\nclient_ca = "
      "[\"/etc/inkan/staff-ca.pem\"]\n# client_crl = [\"/var/lib/inkan/staff-ca.crl\"]\n";
  const auto without = parse_config(with(example(), table, ""), "example", "/etc/inkan");
  ASSERT_TRUE(without) << without.error().detail;
  EXPECT_FALSE(without->console);
  for (const auto& [from, to] :
       std::map<std::string, std::string>{{"client_ca = [\"/etc/inkan/staff-ca.pem\"]", "client_ca = []"},
                                          {"client_ca = [\"/etc/inkan/staff-ca.pem\"]\n", ""},
                                          {"client_ca", "client_cas"},
                                          {"https://desk.bank", "http://desk.bank"},
                                          {"\"10.0.0.5:8444\"", "\"8444\""}})
    EXPECT_FALSE(parse_config(with(example(), from, to), "example", "/")) << to;
}

TEST(Config, a_system_of_the_bank_may_what_is_named_and_nothing_that_does_not_go_together) {
  const auto config = parse_config(example(), "f", "/");
  ASSERT_TRUE(config) << config.error().detail;
  ASSERT_EQ(config->rest_clients.size(), 1u);
  EXPECT_EQ(config->rest_clients.front().rights, (std::vector<std::string>{"read", "events"}));
  ASSERT_EQ(config->webhooks.size(), 1u);
  EXPECT_EQ(parse_config(with(example(), "https://records", "http://records"), "f", "/").error().id, "config.value");
  const auto rights = [](const std::string& list) {
    return parse_config(with(example(), "rights = [\"read\", \"events\"]", "rights = " + list), "f", "/").error().id;
  };
  EXPECT_EQ(rights("[]"), "config.value");
  EXPECT_EQ(rights("[\"read\", \"all\"]"), "config.value");
  EXPECT_EQ(rights("[\"entitle\", \"issue\"]"), "config.value") << "T5";
  EXPECT_EQ(parse_config(with(example(), "\"customer-records\"", "\"a b\""), "f", "/").error().id, "config.value");
}

TEST(Config, secrets_that_others_may_read_are_refused) {
  const auto path = std::filesystem::temp_directory_path() / ("inkan-secret-" + std::to_string(::getpid()));
  std::ofstream(path) << "word\n";
  std::filesystem::permissions(path, std::filesystem::perms{0644});
  EXPECT_EQ(read_secret(path).error().id, "config.secret");
  std::filesystem::permissions(path, std::filesystem::perms{0600});
  EXPECT_EQ(*read_secret(path), "word");
  std::ofstream(path, std::ios::trunc) << "\n";
  EXPECT_EQ(read_secret(path).error().id, "config.secret");
  std::filesystem::remove(path);
  EXPECT_EQ(read_secret(path).error().id, "config.secret");
}

}  // namespace
}  // namespace inkan::server
