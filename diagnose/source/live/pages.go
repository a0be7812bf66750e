package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// everyPage makes a call for each page and puts the items together. The page is
// that of a token, nil for the first, and gives the next one's, nil or empty on
// the last. An answer without its list is none: AWS sends empty lists too.
func everyPage[T any](a *account, s spec, page func(ctx context.Context, token *string) ([]T, *string, error)) ([]T, *failure) {
	var all []T
	var token *string
	seen := map[string]bool{}
	for {
		next := token
		items, failed := call(a.ctx, a.calls, s, func(ctx context.Context) (items []T, err error) {
			items, next, err = page(ctx, token)
			if err == nil && items == nil {
				err = lacks("list of " + s.subject)
			}
			return items, err
		})
		if failed != nil {
			return nil, failed
		}
		all = append(all, items...)
		if token = next; aws.ToString(token) == "" {
			return all, nil
		}
		if seen[*token] {
			return nil, &failure{s, foreign("the pages of the answer never end")}
		}
		seen[*token] = true
	}
}

// cut is the fault of a page that says there are more and not where.
func cut(truncated bool, marker *string) error {
	if truncated && aws.ToString(marker) == "" {
		return lacks("marker of the next page")
	}
	return nil
}
