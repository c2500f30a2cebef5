#include "store/postgres.hpp"

#include <libpq-fe.h>

#include <array>
#include <bit>
#include <cstring>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/handle.hpp"
#include "base/log.hpp"
#include "store/connection.hpp"

namespace inkan::store {
namespace {

using Line = Handle<PGconn, PQfinish>;
using Answer = Handle<PGresult, PQclear>;

std::unexpected<Error> unavailable(std::string detail) { return fail(Code::unavailable, "store.unavailable", std::move(detail)); }

/// failed reads the SQLSTATE (PostgreSQL, appendix A). The message's primary part alone: the detail line quotes values.
std::unexpected<Error> failed(const PGconn* line, const PGresult* answer, std::string_view what) {
  const char* found = answer != nullptr ? PQresultErrorField(answer, PG_DIAG_SQLSTATE) : nullptr;
  const std::string_view state = found != nullptr ? found : "";
  const char* message = found != nullptr ? PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY) : PQerrorMessage(line);
  std::string detail = fmt::format("{}: {} ({})", what, message != nullptr ? message : "", state);
  if (state == "23505") return fail(Code::conflict, "store.conflict", std::move(detail));
  if (state.starts_with("23")) return fail(Code::internal, "store.constraint", std::move(detail));
  if (state == "XX001" || state == "XX002") return fail(Code::corrupt, "store.corrupt", std::move(detail));
  return unavailable(std::move(detail));
}

bool is_good(const PGresult* answer) {
  const ExecStatusType status = PQresultStatus(answer);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/// to_network is a number as PostgreSQL's binary BIGINT: 8 bytes, the highest first.
std::array<char, 8> to_network(long long number) {
  auto bits = static_cast<std::uint64_t>(number);
  if constexpr (std::endian::native == std::endian::little) bits = __builtin_bswap64(bits);
  return std::bit_cast<std::array<char, 8>>(bits);
}

class PostgresRow : public Row {
 public:
  PostgresRow(const PGresult* answer, int row) : answer_(answer), row_(row) {}
  bool is_null(int column) const override { return PQgetisnull(answer_, row_, column) != 0; }
  long long number(int column) const override {  // BIGINT everywhere: any other width would be a defect of the schema
    std::array<char, 8> bytes{};
    if (PQgetlength(answer_, row_, column) == 8) std::memcpy(bytes.data(), PQgetvalue(answer_, row_, column), bytes.size());
    auto bits = std::bit_cast<std::uint64_t>(bytes);
    if constexpr (std::endian::native == std::endian::little) bits = __builtin_bswap64(bits);
    return static_cast<long long>(bits);
  }
  std::string_view text(int column) const override { return as_text(bytes(column)); }
  ByteView bytes(int column) const override {
    return {reinterpret_cast<const std::uint8_t*>(PQgetvalue(answer_, row_, column)),
            static_cast<std::size_t>(PQgetlength(answer_, row_, column))};
  }

 private:
  const PGresult* answer_;
  int row_;
};

class PostgresConnection : public Connection {
 public:
  explicit PostgresConnection(Line line) : line_(std::move(line)) {}

  Result<long long> run(std::string_view sql, std::span<const Value> parameters, const OnRow& on_row) override {
    const auto name = prepare(sql);
    if (!name) return fail(name);
    const Answer answer = execute(*name, parameters);
    if (!is_good(answer.get())) return failed(line_.get(), answer.get(), sql);
    const int rows = PQntuples(answer.get());
    for (int i = 0; on_row && i < rows; ++i)
      if (auto taken = on_row(PostgresRow(answer.get(), i)); !taken) return fail(taken);
    const std::string_view changed = PQcmdTuples(answer.get());
    if (PQresultStatus(answer.get()) == PGRES_TUPLES_OK || changed.empty()) return 0;
    return std::stoll(std::string(changed));
  }

  Result<void> run_script(const std::string& sql) override {
    const Answer answer(PQexec(line_.get(), sql.c_str()));
    if (!is_good(answer.get())) return failed(line_.get(), answer.get(), sql);
    return {};
  }

  Result<void> control(std::string_view sql) override { return run_script(std::string(sql)); }

  bool is_lost() const override { return PQstatus(line_.get()) != CONNECTION_OK; }

  /// others_wrote: nobody can, for the node name is locked by this connection.
  Result<bool> others_wrote() override { return false; }

  Result<std::string> transaction_id() override {
    std::string id;
    const auto asked =
        run("SELECT coalesce(pg_current_xact_id_if_assigned()::text, '')", {}, [&](const Row& row) -> Result<void> {
          id = row.text(0);
          return {};
        });
    if (!asked) return fail(asked);
    return id;
  }

  Result<bool> was_committed(const std::string& transaction_id) override {
    bool committed = false;
    const auto asked = run("SELECT pg_xact_status($1::text::xid8)", std::array{Value(std::string_view(transaction_id))},
                           [&](const Row& row) -> Result<void> {
                             committed = row.text(0) == "committed";
                             return {};
                           });
    if (!asked) return fail(asked);
    return committed;
  }

 private:
  Result<const char*> prepare(std::string_view sql) {
    const auto known = names_.find(sql);
    if (known != names_.end()) return known->second.name.c_str();
    Kept kept{.sql = std::make_unique<std::string>(sql), .name = fmt::format("s{}", names_.size())};
    const Answer answer(PQprepare(line_.get(), kept.name.c_str(), kept.sql->c_str(), 0, nullptr));
    if (!is_good(answer.get())) return failed(line_.get(), answer.get(), sql);
    const std::string_view key = *kept.sql;
    return names_.emplace(key, std::move(kept)).first->second.name.c_str();
  }

  Answer execute(const char* name, std::span<const Value> parameters) {
    const std::size_t count = parameters.size();
    std::vector<std::array<char, 8>> numbers(count);
    std::vector<const char*> values(count);
    std::vector<int> lengths(count);
    const std::vector<int> formats(count, 1);
    for (std::size_t i = 0; i < count; ++i) {
      ByteView bytes;
      if (std::holds_alternative<std::monostate>(parameters[i])) continue;  // a null pointer is NULL
      if (const auto* number = std::get_if<long long>(&parameters[i])) {
        numbers[i] = to_network(*number);
        values[i] = numbers[i].data();
        lengths[i] = 8;
        continue;
      }
      if (const auto* text = std::get_if<std::string_view>(&parameters[i])) bytes = as_bytes(*text);
      if (const auto* view = std::get_if<ByteView>(&parameters[i])) bytes = *view;
      values[i] = bytes.empty() ? "" : reinterpret_cast<const char*>(bytes.data());
      lengths[i] = static_cast<int>(bytes.size());
    }
    return Answer(PQexecPrepared(line_.get(), name, static_cast<int>(count), values.data(), lengths.data(), formats.data(), 1));
  }

  struct Kept {
    std::unique_ptr<std::string> sql;  // what the key looks at
    std::string name;
  };
  Line line_;
  std::unordered_map<std::string_view, Kept> names_;
};

const Dialect& words() {
  static const Dialect kWords{
      .types = {{"text", "TEXT COLLATE \"C\""},
                {"integer", "BIGINT"},
                {"bytes", "BYTEA"},
                {"identity", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"},
                {"keyed", ""},
                {"rows", ""}},
      .begin_write = "BEGIN ISOLATION LEVEL READ COMMITTED",
      .begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
      .begin_migration = "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('inkan.migrate.' || current_schema(), 0))",
      .lock_row = " FOR UPDATE",
      .find_table = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1",
      .given_numbers = " OVERRIDING SYSTEM VALUE",
      .go_on_numbering = "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) FROM {table}",
  };
  return kWords;
}

void warn_of_soft_writes(Connection& connection) {
  const auto asked = connection.run(
      "SELECT current_setting('fsync'), current_setting('full_page_writes')", {}, [](const Row& row) -> Result<void> {
        if (row.text(0) == "off" || row.text(1) == "off")
          log(LogLevel::warning, "store", "store.not_durable",
              {{"fsync", std::string(row.text(0))}, {"full_page_writes", std::string(row.text(1))}});
        return {};
      });
  if (!asked) log(LogLevel::warning, "store", "store.not_durable", {{"error", asked.error().detail}});
}

class PostgresEngine : public Engine {
 public:
  explicit PostgresEngine(PostgresOptions options) : options_(std::move(options)) {}

  const Dialect& dialect() const override { return words(); }

  Result<std::unique_ptr<Connection>> connect(Access access, const std::string& node) override {
    const std::string wait = std::to_string(options_.wait_seconds);
    // The first "dbname" is expanded as a connection string; what stands before it gives way to it, what follows overrides it.
    const std::string patience = std::to_string(options_.wait_seconds * 1000);  // for a peer that fell silent
    const std::array keywords = {"connect_timeout", "tcp_user_timeout",          "dbname",
                                 "client_encoding", "fallback_application_name", static_cast<const char*>(nullptr)};
    const std::array values = {wait.c_str(), patience.c_str(), options_.connection.c_str(),
                               "UTF8",       "inkan",          static_cast<const char*>(nullptr)};
    Line line(PQconnectdbParams(keywords.data(), values.data(), 1));
    if (line == nullptr) return unavailable("no memory for a connection");
    if (PQstatus(line.get()) != CONNECTION_OK) return unavailable(PQerrorMessage(line.get()));
    PQsetNoticeProcessor(line.get(), [](void*, const char*) {}, nullptr);
    auto connection = std::make_unique<PostgresConnection>(std::move(line));
    if (auto set = connection->run_script(fmt::format("SET lock_timeout = '{}s'; SET standard_conforming_strings = on", wait));
        !set)
      return fail(set);
    if (access == Access::write)
      if (auto ready = prepare_writer(*connection, node); !ready) return fail(ready);
    return connection;
  }

 private:
  static Result<void> prepare_writer(Connection& connection, const std::string& node) {
    // An administrator's stronger setting (remote_apply) stands; one that would lose what was acknowledged does not.
    if (auto set = connection.run_script("SELECT set_config('synchronous_commit', 'on', false) "
                                         "WHERE current_setting('synchronous_commit') = 'off'");
        !set)
      return set;
    warn_of_soft_writes(connection);
    const auto locked =
        connection.run("SELECT pg_advisory_lock(hashtextextended('inkan.node.' || current_schema() || '.' || $1, 0))",
                       std::array{Value(std::string_view(node))}, {});
    if (locked) return {};
    if (connection.is_lost()) return fail(locked);
    return fail(Code::unavailable, "store.node_in_use", node);
  }

  PostgresOptions options_;
};

}  // namespace

std::unique_ptr<Engine> make_postgres_engine(PostgresOptions options) {
  return std::make_unique<PostgresEngine>(std::move(options));
}

}  // namespace inkan::store
