package logs

// guard drops what stands in data and only looks like lines of the request. A
// text does not say where the data of a line ends, so a client can send lines
// (L31). But a request's true lines come in one order, each once, and what is
// between two of them can only be data of the first: of all ways to read the
// entries that obey this, the one that keeps most of them is taken, and of equal
// ones the one whose lines come last. The second value tells that something was
// dropped. The entries are in the order of the text, and each has a form.
func guard(list []*entry) ([]*entry, bool) {
	if plausible(list) {
		return list, false
	}
	best := make([]int, len(list)) // lines kept when the entry is the last of them; 0 for impossible
	from := make([]int, len(list))
	var open []int // one for each form that ends with data, the best so far
	for i, e := range list {
		from[i] = -1
		if i == 0 {
			best[i] = 1
		}
		try := func(j int) {
			if best[j] > 0 && follows(list[j], e) && best[j]+1 >= best[i] {
				best[i], from[i] = best[j]+1, j
			}
		}
		for _, j := range open {
			if list[j].form.rank != e.form.rank {
				try(j)
			}
		}
		if i > 0 {
			try(i - 1)
		}
		if !e.form.open || best[i] == 0 {
			continue
		}
		added := false
		for k, j := range open {
			if list[j].form == e.form {
				added = true
				if best[i] >= best[j] {
					open[k] = i
				}
			}
		}
		if !added {
			open = append(open, i)
		}
	}
	last := len(list) - 1
	for _, j := range open {
		if best[j] > best[last] {
			last = j
		}
	}
	if best[last] == 0 {
		return list, false // out of order, and no data that could be the reason
	}
	kept := make([]*entry, best[last])
	for i, k := last, len(kept)-1; i >= 0; i, k = from[i], k-1 {
		kept[k] = list[i]
	}
	return kept, true
}

// follows tells whether one line can come directly behind another, or behind its data.
func follows(a, b *entry) bool {
	if a.form.rank == b.form.rank {
		return a.form != b.form || !a.form.once
	}
	// SQS answers what was sent: where bodies are logged, the lines that say what
	// is sent stand between the client's and the answer (L20).
	if a.form.label == requestBody && (b.form.label == received || b.form.rank == 170) {
		return false
	}
	return a.form.rank < b.form.rank
}

// plausible tells whether every line follows the one before it.
func plausible(list []*entry) bool {
	for i := 1; i < len(list); i++ {
		if !follows(list[i-1], list[i]) {
			return false
		}
	}
	return true
}
