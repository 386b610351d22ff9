// Code generated from the daemon's catalogue by "make generate". DO NOT EDIT.

package httpauth

// The routes.
const (
	// Register is user.register.
	Register Name = "register"
	// Login is auth.login.
	Login Name = "login"
	// Refresh is auth.refresh.
	Refresh Name = "refresh"
	// Logout is auth.logout.
	Logout Name = "logout"
	// LogoutAll is auth.logout_all.
	LogoutAll Name = "logout_all"
	// Me is user.get_current_user.
	Me Name = "me"
	// VerifyEmail is user.verify_email.
	VerifyEmail Name = "verify_email"
	// ResendVerification is user.resend_verification.
	ResendVerification Name = "resend_verification"
	// ForgotPassword is password.forgot_password.
	ForgotPassword Name = "forgot_password"
	// ResetPassword is password.reset_password.
	ResetPassword Name = "reset_password"
	// ChangePassword is password.change_password.
	ChangePassword Name = "change_password"
	// Sessions is session.list.
	Sessions Name = "sessions"
	// RevokeSession is session.revoke.
	RevokeSession Name = "revoke_session"
	// Events is user.events.
	Events Name = "events"
)

// table has every route below the prefix.
var table = []route{
	{Register, "core", "POST", "/register", "user.register", 201, []bodyMember{{"email", false, false}, {"password", false, false}}, "", false, false, true},
	{Login, "core", "POST", "/login", "auth.login", 200, []bodyMember{{"email", false, false}, {"password", false, false}, {"remember_device", true, true}, {"device_token", true, false}}, "", false, true, true},
	{Refresh, "core", "POST", "/refresh", "auth.refresh", 200, []bodyMember{{"refresh_token", false, false}}, "", false, true, true},
	{Logout, "core", "POST", "/logout", "auth.logout", 200, []bodyMember{{"refresh_token", false, false}}, "", true, false, false},
	{LogoutAll, "sessions", "POST", "/logout-all", "auth.logout_all", 200, []bodyMember{}, "", true, false, false},
	{Me, "core", "GET", "/me", "user.get_current_user", 200, []bodyMember{}, "", true, false, false},
	{VerifyEmail, "verify", "POST", "/verify-email", "user.verify_email", 200, []bodyMember{{"token", false, false}}, "", false, false, false},
	{ResendVerification, "verify", "POST", "/resend-verification", "user.resend_verification", 200, []bodyMember{{"email", false, false}}, "", false, false, false},
	{ForgotPassword, "password", "POST", "/forgot-password", "password.forgot_password", 200, []bodyMember{{"email", false, false}}, "", false, false, false},
	{ResetPassword, "password", "POST", "/reset-password", "password.reset_password", 200, []bodyMember{{"token", false, false}, {"new_password", false, false}}, "", false, false, false},
	{ChangePassword, "password", "POST", "/change-password", "password.change_password", 200, []bodyMember{{"current_password", false, false}, {"new_password", false, false}}, "", true, false, false},
	{Sessions, "sessions", "GET", "/sessions", "session.list", 200, []bodyMember{}, "", true, false, false},
	{RevokeSession, "sessions", "DELETE", "/sessions/{id}", "session.revoke", 200, []bodyMember{}, "session_id", true, false, false},
	{Events, "sessions", "GET", "/events", "user.events", 200, []bodyMember{}, "", true, false, false},
}
