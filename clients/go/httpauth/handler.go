package httpauth

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"example.org/mvp-auth/clients/go/internal/device"
	"example.org/mvp-auth/clients/go/mvpauth"
)

type handler struct {
	auth               *mvpauth.Client
	included, excluded []Name
	routes             []route
	clientIP           func(*http.Request) string
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, end := h.find(w, r)
	if route == nil {
		return
	}
	params, err := route.params(w, r, end)
	if err != nil {
		refuse(w, err)
		return
	}
	if route.addsDevice {
		add(params, "device_info", device.Info(r.UserAgent()))
	}
	if route.addsAddress {
		add(params, "ip_address", device.Address(h.clientIP(r)))
	}
	var options []mvpauth.Option
	if key := r.Header.Get("Idempotency-Key"); key != "" {
		options = append(options, mvpauth.IdempotencyKey(h.key(r, route, key)))
	}
	var result json.RawMessage
	if err := h.auth.Call(r.Context(), route.method, params, &result, options...); err != nil {
		Error(w, err)
		return
	}
	writeRaw(w, route.status, result)
}

// find is the route of a request, and the end of its path where that is a parameter. It answers where there is none.
func (h *handler) find(w http.ResponseWriter, r *http.Request) (*route, string) {
	var allowed []string
	for i, route := range h.routes {
		end, isIt := route.matches(r.URL.Path)
		if !isIt {
			continue
		}
		if r.Method == route.verb || r.Method == http.MethodHead && route.verb == http.MethodGet {
			return &h.routes[i], end
		}
		allowed = append(allowed, route.verb)
		if route.verb == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	if len(allowed) == 0 {
		refuse(w, &fault{http.StatusNotFound, "NOT_FOUND", "There is no such route.", nil})
		return nil, ""
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	refuse(w, &fault{http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "This route allows other methods.", nil})
	return nil, ""
}

func (r route) matches(path string) (end string, isIt bool) {
	if r.pathParam == "" {
		return "", path == r.path
	}
	begin := strings.TrimSuffix(r.path, "{id}")
	end = strings.TrimPrefix(path, begin)
	return end, strings.HasPrefix(path, begin) && end != "" && !strings.Contains(end, "/")
}

// key is a browser's idempotency key for the daemon: those of others are other keys, so whose it is goes into it. A
// refresh needs no such name: its key is kept with the session, and its device may have changed its network.
func (h *handler) key(r *http.Request, route *route, key string) string {
	if route.name == Refresh || len(key) < 8 || len(key) > 128 {
		return key
	}
	sum := sha256.Sum256([]byte(device.Address(h.clientIP(r)) + " " + bearerToken(r) + " " + key))
	return hex.EncodeToString(sum[:])
}

func add(params map[string]any, name, text string) {
	if text != "" {
		params[name] = text
	}
}
