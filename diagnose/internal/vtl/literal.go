package vtl

type boolLiteral bool

func (l boolLiteral) eval(*renderer) value { return boolValue(bool(l)) }
func (l boolLiteral) truth(*renderer) bool { return bool(l) }

// nullLiteral is a bare word among the arguments of a call.
type nullLiteral struct{}

func (nullLiteral) eval(*renderer) value { return value{} }
func (nullLiteral) truth(*renderer) bool { return false }

type numberLiteral struct{ value value }

func (l *numberLiteral) eval(*renderer) value { return l.value }
func (l *numberLiteral) truth(*renderer) bool { return false }

type textLiteral struct{ text string }

func (l *textLiteral) eval(*renderer) value { return stringValue(l.text, nil) }
func (l *textLiteral) truth(*renderer) bool { return false }

// interpolation is a double-quoted string with references or directives in it.
type interpolation struct{ body block }

func (l *interpolation) truth(*renderer) bool { return false }

func (l *interpolation) eval(r *renderer) value {
	if !r.enter() {
		return value{}
	}
	r.inString++
	v := r.capture(func(b *builder) {
		saved := r.out
		r.out = b
		l.body.render(r)
		r.out = saved
	})
	r.inString--
	if r.halt == broken {
		r.halt = running
	}
	r.leave()
	return v
}

type listLiteral struct{ items []expr }

func (l *listLiteral) truth(*renderer) bool { return false }

func (l *listLiteral) eval(r *renderer) value {
	out := &list{}
	if len(l.items) > 0 && r.spend(len(l.items)) {
		out.items = make([]value, len(l.items))
		for i, e := range l.items {
			out.items[i] = r.stored(e.eval(r))
		}
	}
	return listValue(out)
}

type mapLiteral struct{ keys, values []expr }

func (l *mapLiteral) truth(*renderer) bool { return false }

func (l *mapLiteral) eval(r *renderer) value {
	d := &dict{}
	for i := range l.keys {
		if !r.spend(1) {
			break
		}
		k, ok := r.toText(l.keys[i].eval(r))
		v := l.values[i].eval(r)
		if ok {
			d.put(k.str, k.tr, r.stored(v))
		}
	}
	return mapValue(d)
}

type rangeLiteral struct {
	first, last expr
	at          place
}

func (l *rangeLiteral) truth(*renderer) bool { return false }

func (l *rangeLiteral) eval(r *renderer) value {
	a, b := l.first.eval(r), l.last.eval(r)
	if a.kind != kindInt || b.kind != kindInt {
		return absent(NullValue, "a range whose ends are not integers")
	}
	from, to, step := a.num, b.num, int64(1)
	if from > to {
		step = -1
	}
	// Unsigned arithmetic: the distance of two int64 fits into an uint64.
	n := uint64(to) - uint64(from)
	if step < 0 {
		n = uint64(from) - uint64(to)
	}
	r.at = l.at
	if n > uint64(r.limits.Steps) || !r.spend(int(n)+1) {
		r.bound("Steps", "the range is too long")
		return value{}
	}
	out := &list{items: make([]value, n+1)}
	for i := range out.items {
		out.items[i] = intValue(from + int64(i)*step)
	}
	return listValue(out)
}
