package vtl

// Limits bounds one rendering. They are counted, never timed, so that the same
// input always gives the same result. A zero field means the default.
type Limits struct {
	OutputBytes int // bytes of rendered text
	MadeBytes   int // bytes of all texts made on the way, output included
	Steps       int // statements, calls, JSON nodes and list members
	Loop        int // iterations of one #foreach; further ones are cut off
	Depth       int // nested blocks, #evaluate, JSON levels
	MacroDepth  int // nested macro calls
}

// DefaultLimits renders a 300 KB template over a 10 MB payload, the largest
// that API Gateway takes (T114). MacroDepth is Velocity's own default.
func DefaultLimits() Limits {
	return Limits{
		OutputBytes: 64 << 20,
		MadeBytes:   256 << 20,
		Steps:       2_000_000,
		Loop:        1000,
		Depth:       200,
		MacroDepth:  20,
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	for _, f := range []struct{ have, def *int }{
		{&l.OutputBytes, &d.OutputBytes}, {&l.MadeBytes, &d.MadeBytes}, {&l.Steps, &d.Steps},
		{&l.Loop, &d.Loop}, {&l.Depth, &d.Depth}, {&l.MacroDepth, &d.MacroDepth},
	} {
		if *f.have <= 0 {
			*f.have = *f.def
		}
	}
	return l
}
