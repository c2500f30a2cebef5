#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "ca/journal.hpp"
#include "lifecycle/institution.hpp"
#include "lifecycle/restore.hpp"
#include "lifecycle/store.hpp"

namespace inkan::server {

/// JournalFinding is where a signer's journal and the store do not say the same.
struct JournalFinding {
  std::string id;  ///< "journal.unknown_signature", "journal.other_bytes", "journal.missing_certificate", "journal.missing_list"
  std::string authority;  ///< "d1-g1"; of a shard's list "d1-g1/3"
  std::string subject;    ///< serial, or number of a list
};

/// JournalHead is where one journal stands, to be kept elsewhere: a journal that was cut off ends before it.
struct JournalHead {
  std::filesystem::path file;
  long long lines = 0;
  Digest chain;
};

/// JournalReport is what check_journals saw.
struct JournalReport {
  std::vector<JournalHead> heads;
  std::vector<JournalFinding> findings;
};

/// UnknownToStore is what journals tell that the store does not know.
struct UnknownToStore {
  std::vector<lifecycle::UnknownSignature> certificates;
  std::map<ca::ListId, unsigned long long> numbers;  ///< the highest list signed of each id, known or not
};

/// read_unknown asks the journals of all nodes what a restored store has forgotten. Errors: `journal.none`, `journal.corrupt`,
/// `store.*`.
Result<UnknownToStore> read_unknown(lifecycle::Store& store, const std::vector<std::filesystem::path>& files);

/// check_journals holds the journals of all nodes against the store: every signature is of a certificate on record and over the
/// bytes that were reserved for it (I1, I2), and what was issued and published since the first journal began was journalled.
/// `authorities` are those whose keys the signers hold. Errors: `journal.none`, `journal.corrupt`, `store.*`.
Result<JournalReport> check_journals(lifecycle::Store& store, const lifecycle::Institutions& institutions,
                                     const std::vector<ca::Authority>& authorities,
                                     const std::vector<std::filesystem::path>& files);

}  // namespace inkan::server
