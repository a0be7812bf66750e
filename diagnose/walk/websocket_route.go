package walk

import (
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/gateway/selection"
	"apisqs-doctor/diagnose/internal/gateway/websocket"
	"apisqs-doctor/diagnose/snapshot"
)

// WebSocketMethod is the method of a request that is a frame for a WebSocket
// API, or its handshake. The path is the route key that it is meant for.
const WebSocketMethod = "WEBSOCKET"

// webSocket is a WebSocket API: templates and mappings are those of REST APIs,
// the choices and the answer are not.
type webSocket struct{ restAPI }

func (webSocket) unmatched() *Failure { // H101, H104
	return &Failure{Origin: FromAPIGateway, Code: Forbidden, Message: websocket.Forbidden, Body: websocket.FrameText(websocket.Forbidden)}
}

func (webSocket) named(w *routing) string { return "route for this frame" }

// meantRoute is the route key that the request names; empty for none.
func (w *routing) meantRoute() string {
	if w.Request.Route != "" {
		return w.Request.Route
	}
	return strings.TrimPrefix(w.Request.Path, "/")
}

// find chooses the route: $connect and $disconnect where the request is one, else
// by the frame (H101). Without a frame, or where the route selection expression
// is not known, the route is the one that the request names.
func (webSocket) find(w *routing, config *snapshot.Configuration) found {
	keys := make([]string, len(config.Methods))
	for i := range config.Methods {
		keys[i] = config.Methods[i].RouteKey
	}
	meant := w.meantRoute()
	choice := websocket.RouteChoice{Route: meant}
	expression, known := w.Route.API.RouteSelection.Peek()
	switch e, err := selection.Parse(expression, websocket.Selection); {
	case meant == websocket.Connect || meant == websocket.Disconnect:
	case !known || err != nil || w.clientBody() == "":
		if meant == "" {
			choice.Route = websocket.Default
		}
	default:
		choice = websocket.ChooseRoute(e, keys, w.clientBody())
	}
	out := found{params: map[string]string{}, doubt: choice.Doubt}
	for i := range config.Methods {
		if choice.Route != "" && keys[i] == choice.Route {
			out.method = &config.Methods[i]
		}
	}
	if out.method == nil {
		out.nearPaths = keys
		out.doubt = ""
	}
	return out
}

// admit asks for the credentials of the handshake; a frame has passed it (H105).
func (webSocket) admit(w *routing, gaps *snapshot.Gaps) (*Failure, string) {
	switch w.Route.Method.RouteKey {
	case websocket.Connect:
	case websocket.Disconnect:
		return nil, ""
	default:
		w.Route.API.RouteSelection.Read(gaps) // what chooses the route of a frame
		if w.Route.Stage != nil && w.limits(gaps).LetsNothing() {
			gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: "the throttling of the stage lets no frame through: rate or burst is 0; what the client then gets is not recorded", Origin: w.limits(gaps).Origin})
		}
		return w.tooBig(gaps)
	}
	if f, said := w.authorizer(gaps); f != nil {
		return f, said
	}
	return w.apiKey(gaps)
}

// context is $context of a frame or handshake (H107).
func (webSocket) context(w *mapping) map[string]any {
	r := w.Route
	c := websocket.ContextValues{API: r.API.ID, Region: w.Snapshot.Target.Region, RouteKey: r.Method.RouteKey}
	if r.Stage != nil {
		c.Stage = r.Stage.Name
	}
	c.UserAgent, _ = w.Request.Header("User-Agent")
	c.APIKey, _ = w.Request.Header("x-api-key")
	c.Authorizer = w.connectAuthorizer()
	return c.Map()
}

func (webSocket) unrecorded(name string) bool { return websocket.UnrecordedContext(name) }

// connectAuthorizer are samples of what the authorizer of the handshake hands on
// to all routes; nil where the route $connect has none.
func (w *mapping) connectAuthorizer() map[string]any {
	for i := range w.Route.Configuration.Methods {
		m := &w.Route.Configuration.Methods[i]
		if m.RouteKey != websocket.Connect {
			continue
		}
		if kind, ok := m.Authorization.Peek(); ok && kind != "CUSTOM" {
			return nil
		}
		return w.authorizerSamples()
	}
	return nil
}

// routeSource reads a mapping's source, which begins with route.request (H100).
// Nothing tells that the route has to declare it.
func routeSource(text string) (source rest.Expression, declaration string, err error) {
	if rest, ok := strings.CutPrefix(text, "route.request."); ok {
		text = "method.request." + rest
	}
	source, err = rest.ParseExpression(text)
	return source, "", err
}
