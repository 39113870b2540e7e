# Documents of dragoman, one a line, to lines of a table: id, date, originator, subject.
exec jq --raw-output --arg missing "$1" '[.id, .meta.date, .meta.from.name, .meta.subject] | map(. // $missing) | @tsv'
