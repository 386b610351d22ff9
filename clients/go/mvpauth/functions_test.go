package mvpauth

import "context"

// An argument is a member of a row's params.
type argument func(name string) string

func (a argument) actor() Actor {
	switch {
	case a("user_id") != "":
		return UserID(a("user_id"))
	case a("refresh_token") != "":
		return RefreshToken(a("refresh_token"))
	}
	return AccessToken(a("access_token"))
}

func (a argument) device() *Device { return &Device{Info: a("device_info"), IP: a("ip_address")} }

var functions = map[string]func(context.Context, *Client, argument) (any, error){
	"register": func(ctx context.Context, c *Client, a argument) (any, error) {
		return c.Register(ctx, a("email"), a("password"))
	},
	"login": func(ctx context.Context, c *Client, a argument) (any, error) {
		return c.Login(ctx, a("email"), a("password"), a.device())
	},
	"refresh": func(ctx context.Context, c *Client, a argument) (any, error) {
		return c.Refresh(ctx, a("refresh_token"), a.device())
	},
	"logout":       func(ctx context.Context, c *Client, a argument) (any, error) { return c.Logout(ctx, a.actor()) },
	"logout_all":   func(ctx context.Context, c *Client, a argument) (any, error) { return c.LogoutAll(ctx, a.actor()) },
	"current_user": func(ctx context.Context, c *Client, a argument) (any, error) { return c.CurrentUser(ctx, a.actor()) },
	"find_user":    func(ctx context.Context, c *Client, a argument) (any, error) { return c.FindUser(ctx, a("email")) },
	"verify_email": func(ctx context.Context, c *Client, a argument) (any, error) { return c.VerifyEmail(ctx, a("token")) },
	"resend_verification": func(ctx context.Context, c *Client, a argument) (any, error) {
		return c.ResendVerification(ctx, a("email"))
	},
	"forgot_password": func(ctx context.Context, c *Client, a argument) (any, error) {
		return c.ForgotPassword(ctx, a("email"))
	},
	"reset_password": func(ctx context.Context, c *Client, a argument) (any, error) {
		return c.ResetPassword(ctx, a("token"), a("new_password"))
	},
	"change_password": func(ctx context.Context, c *Client, a argument) (any, error) {
		return c.ChangePassword(ctx, a.actor(), a("current_password"), a("new_password"))
	},
	"sessions": func(ctx context.Context, c *Client, a argument) (any, error) { return c.Sessions(ctx, a.actor()) },
	"events":   func(ctx context.Context, c *Client, a argument) (any, error) { return c.Events(ctx, a.actor()) },
	"revoke_session": func(ctx context.Context, c *Client, a argument) (any, error) {
		return c.RevokeSession(ctx, a.actor(), a("session_id"))
	},
	"verify": func(ctx context.Context, c *Client, a argument) (any, error) { return c.Verify(ctx, a("access_token")) },
	"ping":   func(ctx context.Context, c *Client, a argument) (any, error) { return c.Ping(ctx) },
}

var repliesWithoutFunction = map[string]func() any{
	"system.hello":       func() any { return new(HelloReply) },
	"system.info":        func() any { return new(InfoReply) },
	"system.health":      func() any { return new(HealthReply) },
	"system.cancel":      func() any { return new(CancelReply) },
	"hooks.subscribe":    func() any { return new(SubscribeHooksReply) },
	"hooks.ack":          func() any { return new(AcknowledgeHookReply) },
	"hooks.unsubscribe":  func() any { return new(struct{}) },
	"hooks.list_mailbox": func() any { return new(ListMailboxReply) },
}
