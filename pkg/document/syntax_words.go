package document

import "fmt"

// syntaxErrors gives our words for the library's messages; the first that fits counts.
var syntaxErrors = []syntaxError{
	{
		"mapping values are not allowed", "a key is not expected here",
		"align it with the keys beside it; quote text that holds a colon and a space", findKey,
	},
	{
		"did not find expected key", "a key with a colon is expected here",
		"align it with the keys beside it; quote text that goes on behind a closing quote or bracket", nil,
	},
	{
		"could not find expected ':'", "this is neither a key with a colon nor a part of what is above",
		"write key: value; indent text that continues the line above", findMissingSpace,
	},
	{
		"did not find expected '-' indicator", "a list item, or the end of the list, is expected here",
		"begin every item with a dash and a space, at the same column", nil,
	},
	{
		"did not find expected ',' or", "this bracket is not closed, or a comma is missing inside",
		"quote text that holds , ? [ ] { or }", findOpener,
	},
	{
		"found unexpected end of stream", "this quote is not closed",
		`close it; inside, single quotes write ' as '', and double quotes " as \"`, nil,
	},
	{
		"found unknown escape character", "double quotes don't know this escape",
		`write \\ for a backslash, or use single quotes, which have no escapes`, findBack('\\'),
	},
	{
		"expected hexdecimal number", "this escape needs more hexadecimal digits",
		`two follow \x, four \u, eight \U`, findBack('\\'),
	},
	{
		"invalid Unicode character escape", "this escape is no character",
		`write characters beyond \uFFFF with \U and eight digits`, findBack('\\'),
	},
	{"cannot start any token", "this character may not begin unquoted text", "quote the text", findTab},
	{"found a tab character", "a tab indents this line", "indent with spaces", findTab},
	{
		"block sequence entries are not allowed", "a list cannot begin here",
		"begin it on a line of its own, or write it in brackets: [a, b]", nil,
	},
	{
		"alphabetic or numeric character", "this begins a YAML anchor or alias, which playbooks do without",
		"quote the text", nil,
	},
	{
		"unknown anchor", "a YAML alias, which playbooks do without",
		"write out what it stands for; quote text that begins with *", findBack('*'),
	},
	{
		"unexpected document indicator", "a document marker inside a quoted text",
		"close the quote, or indent the text", nil,
	},
	{
		"expected <document start>", "the document has ended above, or does not begin with ---",
		"a file holds one document; remove lines that begin with ..., --- or %", nil,
	},
	{"expected node content", "a value is missing here", "quote text that holds brackets, commas or colons", nil},
	{
		"expected comment or line break", "the text of a block begins on the line below its | or >",
		"put it there, indented; or quote text that begins with | or >", nil,
	},
	{"exceeded max depth", fmt.Sprintf("lists and mappings are nested deeper than %d", MaxDepth), "", nil},
	{"incompatible YAML document", "a %YAML directive", "remove it", nil},
}
