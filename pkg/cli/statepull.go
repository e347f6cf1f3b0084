package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/memory"
)

func newStatePull(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "pull",
		Short: "Print the whole state as JSON",
		Long: `pull prints the whole state, its journal included, as one JSON document with a checksum, which state push takes back. It holds no address,
but it holds the salt by which members of collections are told from one another: keep it as safe as the state itself (umask 077).`,
		Example: "  playctl state pull > state.json",
		Args:    takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.statePull(cmd.Context()) },
	}
}

func (a *app) statePull(ctx context.Context) error {
	if _, err := a.existingState(ctx); err != nil {
		return err
	}
	w, err := a.store.Whole(ctx)
	if err != nil {
		return err
	}
	document, err := state.Encode(w)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, document, "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	return a.out.exactly(out.Bytes())
}

// alike reports whether two states are the same, however they were kept.
func alike(ctx context.Context, a, b *state.Whole) (bool, error) {
	x, err := canonical(ctx, a)
	if err != nil {
		return false, err
	}
	y, err := canonical(ctx, b)
	return bytes.Equal(x, y), err
}

// canonical gives a state as bytes that do not depend on where it was kept: stores differ in how they give a list that is empty.
func canonical(ctx context.Context, w *state.Whole) ([]byte, error) {
	kept, err := memory.Load(w)
	if err != nil {
		return nil, err
	}
	if w, err = kept.Whole(ctx); err != nil {
		return nil, err
	}
	return state.Encode(w)
}

// wholeIn reads a state and its journal under the lock.
func wholeIn(ctx context.Context, store state.Store, session state.Session) (*state.Whole, error) {
	s, err := session.Read(ctx)
	if err != nil {
		return nil, err
	}
	pages, err := store.Journal(ctx, "")
	return &state.Whole{Snapshot: *s, Journal: slices.Clip(pages)}, err
}
