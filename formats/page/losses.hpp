// formats/page/losses.hpp - what of a document a page does not show, said once for each thing.
#pragma once
#include <dragoman/plugin.hpp>

namespace dragoman::page {

// Reports elements that are shown as their words only, comments and processing instructions, foreign members and what only
// another format can say; in a plain page, also page breaks, running headers and readings that were not chosen. [session-thread]
void report_losses(const host& services, const document_view& document, bool is_plain);

}  // namespace dragoman::page
