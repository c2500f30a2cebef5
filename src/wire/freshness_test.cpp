#include "wire/freshness.hpp"

#include <gtest/gtest.h>

namespace inkan::wire {
namespace {

const Instant kMade = *parse_rfc3339("2026-11-21T09:00:00Z");
const Freshness kFreshness{.made = kMade, .until = kMade + std::chrono::hours{1}, .etag = "e1"};

net::Response serve(const std::string& name, const std::string& value) {
  net::Request request;
  if (!name.empty()) request.headers.add(name, value);
  return serve_fresh(request, net::make_response(200, "application/pkix-crl", "x"), kFreshness, kMade + std::chrono::minutes{10});
}

TEST(Freshness, says_until_when_an_answer_may_be_kept) {
  const net::Response response = serve("", "");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.find("ETag"), "\"e1\"");
  EXPECT_EQ(response.headers.find("Last-Modified"), "Sat, 21 Nov 2026 09:00:00 GMT");
  EXPECT_EQ(response.headers.find("Expires"), "Sat, 21 Nov 2026 10:00:00 GMT");
  EXPECT_EQ(response.headers.find("Cache-Control"), "max-age=3000, public, no-transform, must-revalidate");
}

TEST(Freshness, answers_304_to_who_has_it_already) {
  for (const char* value : {"\"e1\"", "W/\"e1\"", "\"e0\", \"e1\"", "*"}) {
    const net::Response response = serve("If-None-Match", value);
    EXPECT_EQ(response.status, 304) << value;
    EXPECT_TRUE(response.body.empty());
  }
  EXPECT_EQ(serve("If-None-Match", "\"e0\"").status, 200);
  EXPECT_EQ(serve("If-Modified-Since", "Sat, 21 Nov 2026 09:00:00 GMT").status, 304);
  EXPECT_EQ(serve("If-Modified-Since", "Sat, 21 Nov 2026 08:00:00 GMT").status, 200);
}

TEST(Freshness, never_promises_a_negative_age) {
  const net::Response late = serve_fresh({}, {}, kFreshness, kMade + std::chrono::hours{2});
  EXPECT_EQ(late.headers.find("Cache-Control"), "max-age=0, public, no-transform, must-revalidate");
}

}  // namespace
}  // namespace inkan::wire
