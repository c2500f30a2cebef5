#include "app/proxies.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "app/words.hpp"
#include "support/tool.hpp"

namespace inkan::app {
namespace {

class ProxyRulesTest : public testing::Test {
 protected:
  ProxyRulesTest() { clear(); }
  ~ProxyRulesTest() override { clear(); }
  static void clear() {
    for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"}) ::unsetenv(name);
  }
  ProxyRules rules(const std::string& chosen = {}) { return read_rules(chosen, disk_, folder_.path() / "proxy"); }
  TempFolder folder_;
  MachineDisk disk_;
};

TEST_F(ProxyRulesTest, the_environment_is_the_systems_setting) {
  EXPECT_EQ(rules().proxy, "");
  ::setenv("ALL_PROXY", "http://all.test:1", 1);
  EXPECT_EQ(rules().proxy, "http://all.test:1");
  ::setenv("HTTPS_PROXY", "http://capitals.test:2", 1);
  EXPECT_EQ(rules().proxy, "http://capitals.test:2");
  ::setenv("https_proxy", "http://small.test:3", 1);
  EXPECT_EQ(rules().proxy, "http://small.test:3");
  ::setenv("no_proxy", "bank.test, .inside.test,*.other.test", 1);
  const ProxyRules read = rules();
  for (const char* around :
       {"bank.test", "www.bank.test", "a.inside.test", "b.other.test", "localhost", "d1.localhost", "127.0.0.1"})
    EXPECT_TRUE(read.goes_around(around)) << around;
  for (const char* through : {"otherbank.test", "test", "bank.test.evil"}) EXPECT_FALSE(read.goes_around(through)) << through;
  ::setenv("no_proxy", "*", 1);
  EXPECT_TRUE(rules().goes_around("anything.test"));
}

TEST_F(ProxyRulesTest, what_was_chosen_comes_before_the_file_and_the_file_before_the_environment) {
  ::setenv("https_proxy", "http://environment.test", 1);
  folder_.write("proxy", "http://file.test:8080\r\nanything");
  EXPECT_EQ(rules().proxy, "http://file.test:8080");
  EXPECT_EQ(rules("http://chosen.test").proxy, "http://chosen.test");
  EXPECT_EQ(rules("none").proxy, "");
  EXPECT_FALSE(rules("http://chosen.test").goes_around("d1.localhost"));  // whoever names one means it
  folder_.write("proxy", "none\n");
  EXPECT_EQ(rules().proxy, "");
}

TEST(ParseProxy, takes_it_apart) {
  const auto parsed = parse_proxy("http://keiri%40a:p%3Aw@proxy.test:8080");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->proxy.host, "proxy.test");
  EXPECT_EQ(parsed->proxy.port, 8080);
  EXPECT_EQ(parsed->login, "keiri@a:p:w");
  EXPECT_EQ(parse_proxy("proxy.test")->proxy.port, 3128);
  EXPECT_EQ(parse_proxy("http://proxy.test:80/")->proxy.port, 80);
  for (const char* bad : {"", "https://proxy.test", "socks5://proxy.test", "http://proxy.test/path", "http://:80"})
    EXPECT_EQ(parse_proxy(bad).error().id, "proxy.malformed") << bad;
}

TEST(ProxyWords, each_refusal_names_its_code_and_the_next_step) {
  for (const auto& [id, code] : {std::pair("net.proxy_password", "E202"),
                                 {"net.proxy_refused", "E202"},
                                 {"net.proxy_unreachable", "E202"},
                                 {"net.tls_inspected", "E203"},
                                 {"net.tls_untrusted", "E203"},
                                 {"net.clock", "E207"}})
    for (const Language language : {Language::japanese, Language::english}) {
      const std::string text = Words(language).error({Code::refused, id, "CN=Inspector"});
      EXPECT_NE(text.find(code), std::string::npos) << text;
      EXPECT_NE(text.find("CN=Inspector"), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace inkan::app
