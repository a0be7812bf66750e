package model

import "strconv"

// variants are the schemas of a list that judge the same value.
func (w *words) variants(name string) ([]*schema, error) {
	list, _ := w.node[name].([]any)
	var schemas []*schema
	for i := range list {
		s, err := w.part(name, strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		schemas = append(schemas, s)
	}
	w.schema.parts = append(w.schema.parts, schemas...)
	return schemas, nil
}

func (w *words) not() (check, error) {
	if w.node["not"] == nil {
		return nil, nil
	}
	s, err := w.part("not")
	w.schema.parts = append(w.schema.parts, s)
	return func(j *judgement, value any) *refusal {
		if s.refuses(j, value) == nil {
			return refuse("'not' failed")
		}
		return nil
	}, err
}

func (w *words) all() (check, error) {
	variants, err := w.variants("allOf")
	if len(variants) == 0 {
		return nil, err
	}
	return func(j *judgement, value any) *refusal {
		for _, s := range variants {
			if r := s.refuses(j, value); r != nil {
				return r
			}
		}
		return nil
	}, nil
}

func (w *words) any() (check, error) {
	variants, err := w.variants("anyOf")
	if len(variants) == 0 {
		return nil, err
	}
	return func(j *judgement, value any) *refusal {
		_, first := fitting(j, variants, value)
		return first
	}, nil
}

func (w *words) one() (check, error) {
	variants, err := w.variants("oneOf")
	if len(variants) == 0 {
		return nil, err
	}
	return func(j *judgement, value any) *refusal {
		i, first := fitting(j, variants, value)
		if first != nil {
			return first
		}
		if j, none := fitting(j, variants[i+1:], value); none == nil && j >= 0 {
			return refuse("'oneOf' failed, subschemas %d, %d matched", i, i+1+j)
		}
		return nil
	}, nil
}

// fitting is the first of some schemas that a value fits, or why it fits not the first of them.
func fitting(j *judgement, variants []*schema, value any) (at int, first *refusal) {
	for i, s := range variants {
		r := s.refuses(j, value)
		if r == nil {
			return i, nil
		}
		if i == 0 {
			first = r
		}
	}
	return -1, first
}
