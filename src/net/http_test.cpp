#include "net/http.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace inkan::net {
namespace {

Request form(std::string body, std::string type = "application/x-www-form-urlencoded") {
  Request request;
  request.method = "POST";
  request.headers.add("Content-Type", std::move(type));
  request.body = std::move(body);
  return request;
}

template <class T>
std::string error_of(const Result<T>& result) {
  return result ? "no error" : result.error().id;
}

TEST(Headers, are_found_without_case_and_in_order) {
  Headers headers{{"X-One", "1"}, {"x-one", "2"}};
  EXPECT_EQ(headers.find("X-ONE"), "1");
  EXPECT_EQ(headers.count("x-One"), 2u);
  EXPECT_EQ(headers.find("X-Two"), std::nullopt);
  headers.set("x-ONE", "3");
  EXPECT_EQ(headers.count("x-one"), 1u);
  EXPECT_EQ(headers.find("x-one"), "3");
}

TEST(Target, is_decoded) {
  const auto target = parse_target("/a%20b/%E5%8D%B0?x=1&y=a+b%2Bc&z");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/印");
  EXPECT_EQ(target->query, (Pairs{{"x", "1"}, {"y", "a b+c"}, {"z", ""}}));
  EXPECT_EQ(target->authority, "");
}

TEST(Target, keeps_what_ocsp_over_get_needs) { EXPECT_EQ(parse_target("/ocsp/ab%2Fcd//ef%2B==")->path, "/ocsp/ab/cd//ef+=="); }

TEST(Target, takes_the_absolute_form) {
  const auto target = parse_target("HTTP://id.localhost:8443?a=b");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->authority, "id.localhost:8443");
  EXPECT_EQ(target->path, "/");
}

TEST(Target, refuses_what_two_readers_could_read_in_two_ways) {
  EXPECT_EQ(error_of(parse_target("")), "target.malformed");
  EXPECT_EQ(error_of(parse_target("a/b")), "target.malformed");
  EXPECT_EQ(error_of(parse_target("/a#b")), "target.malformed");
  EXPECT_EQ(error_of(parse_target("http:///a")), "target.malformed");
  EXPECT_EQ(error_of(parse_target("/a%2")), "target.bad_escape");
  EXPECT_EQ(error_of(parse_target("/a%gg")), "target.bad_escape");
  EXPECT_EQ(error_of(parse_target("/a?b=%")), "target.bad_escape");
  EXPECT_EQ(error_of(parse_target("/a%00")), "target.not_text");
  EXPECT_EQ(error_of(parse_target("/a%0d%0ab")), "target.not_text");
  EXPECT_EQ(error_of(parse_target("/%c0%af")), "target.not_text");
  EXPECT_EQ(error_of(parse_target("/a?b=%00")), "target.not_text");
  for (const char* dots : {"/.", "/..", "/a/../b", "/a/./b", "/a/%2e%2E/b", "/a%2f..%2fb"})
    EXPECT_EQ(error_of(parse_target(dots)), "target.dot_segment") << dots;
  EXPECT_TRUE(parse_target("/.well-known/est/..a/b.."));
}

TEST(Target, bounds_the_query) {
  std::string many = "/?";
  for (int i = 0; i < 201; ++i) many += "a&";
  EXPECT_EQ(error_of(parse_target(many)), "target.too_many_fields");
}

RC_GTEST_PROP(Target, encoded_text_comes_back, (std::string text)) {
  for (char& c : text) c = static_cast<char>(0x20 + static_cast<unsigned char>(c) % 0x5f);
  const auto target = parse_target("/~" + percent_encode(text) + "~");
  RC_PRE(text.find("/.") == std::string::npos);
  RC_ASSERT(target.has_value());
  RC_ASSERT(target->path == "/~" + text + "~");
}

TEST(Authority, is_lower_case_without_port) {
  EXPECT_EQ(*parse_authority("ID.Localhost:8443"), "id.localhost");
  EXPECT_EQ(*parse_authority("[::1]:80"), "[::1]");
  for (const char* bad : {"", ":80", "a b", "a:b", "a/b", "user@host", "a:123456", "[::1", "[::1]x", "a,b"})
    EXPECT_EQ(error_of(parse_authority(bad)), "host.malformed") << bad;
}

TEST(Query, a_name_that_comes_twice_is_absent) {
  Request request;
  request.query = {{"a", "1"}, {"b", "2"}, {"a", "3"}};
  EXPECT_EQ(request.find_query("a"), std::nullopt);
  EXPECT_EQ(request.find_query("b"), "2");
}

TEST(Form, is_read) {
  const auto read = parse_form(form("name=%E5%8D%B0%E9%91%91+a&empty=&lines=a%0D%0Ab"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->get("name"), "印鑑 a");
  EXPECT_EQ(read->find("empty"), "");
  EXPECT_EQ(read->get("lines"), "a\r\nb");
  EXPECT_EQ(read->find("other"), std::nullopt);
  EXPECT_TRUE(parse_form(form("a=b", "Application/X-WWW-Form-Urlencoded; charset=UTF-8")));
}

TEST(Form, is_refused_with_its_reason) {
  EXPECT_EQ(error_of(parse_form(form("a=b", "text/plain"))), "form.media_type");
  EXPECT_EQ(error_of(parse_form(Request{})), "form.media_type");
  EXPECT_EQ(error_of(parse_form(form("a=%zz"))), "form.malformed");
  EXPECT_EQ(error_of(parse_form(form("a=%00"))), "form.malformed");
  EXPECT_EQ(error_of(parse_form(form("a=%ff"))), "form.malformed");
  EXPECT_EQ(error_of(parse_form(form("a=1&b=2&%61=3"))), "form.repeated_field");
  std::string many;
  for (int i = 0; i < 201; ++i) many += "f" + std::to_string(i) + "=&";
  EXPECT_EQ(error_of(parse_form(form(many))), "form.too_many_fields");
}

TEST(Cookies, are_read_from_every_field) {
  const Headers headers{{"Cookie", "a=1; b=\"2\";c=3"}, {"cookie", "d=x=y"}};
  EXPECT_EQ(parse_cookies(headers), (Pairs{{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "x=y"}}));
}

TEST(Cookies, a_name_that_comes_twice_is_nobodys) {
  Request request;
  request.headers.add("Cookie", "session=mine; session=tossed; other=1");
  EXPECT_EQ(request.find_cookie("session"), std::nullopt);
  EXPECT_EQ(request.find_cookie("other"), "1");
}

TEST(Cookies, what_is_no_cookie_is_skipped) {
  EXPECT_EQ(parse_cookies(Headers{{"Cookie", "; ;=x; na me=1; a=b c; ok=1; \x80=2"}}), (Pairs{{"ok", "1"}}));
}

TEST(Cookies, are_always_secure) {
  EXPECT_EQ(make_cookie({.name = "__Host-s", .value = "v"}), "__Host-s=v; Path=/; Secure; HttpOnly; SameSite=Lax");
  EXPECT_EQ(make_cookie({.name = "s",
                         .value = "",
                         .domain = "id.localhost",
                         .path = "/p",
                         .max_age = std::chrono::seconds(0),
                         .http_only = false,
                         .same_site = SameSite::strict}),
            "s=; Path=/p; Domain=id.localhost; Max-Age=0; Secure; SameSite=Strict");
}

TEST(CookiesDeathTest, a_value_that_would_write_attributes_is_a_defect) {
  EXPECT_DEATH(make_cookie({.name = "s", .value = "a; Domain=evil"}), "");
  EXPECT_DEATH(make_cookie({.name = "__Host-s", .value = "a", .domain = "x"}), "");
  EXPECT_DEATH(make_redirect("/a\r\nSet-Cookie: x=y"), "");
}

TEST(Makers, know_their_types) {
  EXPECT_EQ(make_html(200, "x").headers.find("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(make_text(404, "x").status, 404);
  EXPECT_EQ(make_redirect("/next").status, 303);
  EXPECT_EQ(make_redirect("/next").headers.find("Location"), "/next");
}

}  // namespace
}  // namespace inkan::net
