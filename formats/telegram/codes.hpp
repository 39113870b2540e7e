// The diagnostics of the telegram reader and writer: one enumerator and one row of the table each.
#pragma once
#include <dragoman/plugin.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman::telegram {

enum class code : std::uint8_t {
  empty,
  not_text,
  too_large,
  limit_splits,
  doc_unrecognised,
  doc_doubled,
  line_unknown,
  id_invalid,
  id_inferred,
  id_alias,
  id_noise,
  id_ocr,
  id_ambiguous,
  id_placeholder,
  text_charset,
  text_control,
  text_entity,
  text_markup,
  text_escape,
  text_gap,
  text_lost,
  dtg_repaired,
  dtg_invalid,
  class_repaired,
  class_missing,
  class_unknown,
  prec_repaired,
  to_missing,
  label_repaired,
  label_glued,
  eo_repaired,
  eo_unknown,
  tags_case,
  tags_glued,
  tags_unknown,
  subject_missing,
  ref_swapped,
  ref_unresolved,
  reason_repaired,
  mark_repaired,
  marker_unbalanced,
  para_sequence,
  para_flattened,
  signature_appended,
  noise_system,
  conflict_year,
  conflict_number,
  conflict_filing_time,
  conflict_precedence,
  conflict_serial,
  conflict_section,
  conflict_heading,
  conflict_classification,
  conflict_date,
  conflict_subject,
  conflict_tags,
  conflict_from,
  conflict_to,
  conflict_refs,
  section_missing,
  section_duplicate,
  section_uncut,
  source_edited,
  loss_meta,
  loss_markup,
  loss_text,
  loss_structure,
  loss_line_number,
  count_of_codes
};

inline constexpr std::size_t code_count = static_cast<std::size_t>(code::count_of_codes);
extern const std::array<dgm_code, code_count> codes;

inline std::string_view name_of(code c) noexcept { return codes[static_cast<std::size_t>(c)].code; }
inline severity severity_of(code c) noexcept { return static_cast<severity>(codes[static_cast<std::size_t>(c)].severity); }

// Reports on one document to the host. Offsets are those of the document; `base` is where it begins in the input. A code
// that comes more than `limit` times in a document is reported `limit` times and then counted. One thread at a time.
class reporter {
public:
  static constexpr std::uint32_t limit = 50;

  reporter() = default;
  reporter(const host& services, std::uint64_t base) noexcept : services_(&services), base_(base) {}

  void operator()(code c, std::string_view text, std::size_t begin, std::size_t end) noexcept {
    auto& n = counts_[static_cast<std::size_t>(c)];
    if (++n > limit || services_ == nullptr) return;
    services_->report(severity_of(c), name_of(c), text,
                      {static_cast<std::int64_t>(base_ + begin), static_cast<std::int64_t>(end - begin), 0, 0});
  }
  // Would a report of this code be shown? One that is not is counted; who asks spares making its text.
  bool wants(code c) noexcept {
    auto& n = counts_[static_cast<std::size_t>(c)];
    if (n < limit) return true;
    ++n;
    return false;
  }
  std::uint32_t count(code c) const noexcept { return counts_[static_cast<std::size_t>(c)]; }
  // Tells how many reports the limit held back.
  void finish() const {
    if (services_ == nullptr) return;
    for (std::size_t i = 0; i < code_count; ++i)
      if (counts_[i] > limit)
        services_->report(severity_of(static_cast<code>(i)), codes[i].code,
                          "and " + std::to_string(counts_[i] - limit) + " more of these in this document");
  }

private:
  const host* services_ = nullptr;
  std::uint64_t base_ = 0;
  std::array<std::uint32_t, code_count> counts_{};
};

}  // namespace dragoman::telegram
