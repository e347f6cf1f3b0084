package mapping_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestValue_writesCSV(t *testing.T) {
	got, err := compile(t, `csv([["id", "name"]] + items.map(i, [i.key, i.fields.a, i.fields.b]) + [["a,b", 'say "hi"', "two\nlines"]] + [[null, "", "é"]])`).Value(t.Context(), values)
	if diff := cmp.Diff("id,name\n7,1,true\n\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\n,,é\n", got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if got, err := compile(t, `csv(["a"])`).Value(t.Context(), values); err == nil {
		t.Errorf("a list of texts is no table: %v", got)
	}
}

func TestValue_writesTelephoneNumbersAsE164(t *testing.T) {
	for text, want := range map[string]string{
		"+1 (555) 123-4567": "+15551234567", "0044 20 7946 0018": "+442079460018", "+44 (0)20 7946 0018": "+442079460018", " +49.30.123456 ": "+4930123456", "+1": "",
		"030 123456": "", "555-1234": "", "": "", "+1234567890123456": "", "call me": "", "+0123456789": "", "+43 1 ٣٤٥": "",
	} {
		if got, err := compile(t, `e164("`+text+`")`).Value(t.Context(), values); got != want || err != nil {
			t.Errorf("%s: %v, %v, want %q", text, got, err, want)
		}
	}
}

func TestValue_takesAPartOfATextByAPattern(t *testing.T) {
	got, err := compile(t, `regex.extract("Retry in 30 seconds.", "in ([0-9]+) s")`).Value(t.Context(), values)
	if got != "30" || err != nil {
		t.Error(got, err)
	}
	if got, err := compile(t, `regex.extract("Try later", "in ([0-9]+) s")`).Value(t.Context(), values); err == nil {
		t.Errorf("no match is %v", got)
	}
}
