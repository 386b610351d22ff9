package mvpauth_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/smtp"

	"example.org/mvp-auth/clients/go/mvpauth"
)

func Example() {
	ctx := context.Background()
	auth := &mvpauth.Client{} // the zero value finds the socket
	defer auth.Close()
	pair, err := auth.Login(ctx, "ada@example.org", "correct horse battery", nil)
	if err != nil {
		log.Fatal(err)
	}
	user, err := auth.CurrentUser(ctx, mvpauth.AccessToken(pair.AccessToken))
	if errors.Is(err, mvpauth.TokenExpired) {
		log.Fatal("sign in again")
	}
	fmt.Println(user.Email)
}

func ExampleError() {
	auth := &mvpauth.Client{}
	_, err := auth.Register(context.Background(), "ada@example.org", "short")
	var failure *mvpauth.Error
	switch {
	case err == nil:
	case errors.Is(err, mvpauth.UserExists):
		fmt.Println("sign in instead")
	case errors.Is(err, mvpauth.PasswordValidation) && errors.As(err, &failure):
		for _, field := range failure.Fields {
			fmt.Println(field.Path, field.Reason)
		}
	case errors.Is(err, context.DeadlineExceeded) && errors.As(err, &failure):
		fmt.Println("it may have been done:", failure.Executed)
	default:
		log.Fatal(err)
	}
}

func ExampleNewTokenSource() {
	auth := &mvpauth.Client{}
	ctx := context.Background()
	pair, err := auth.Login(ctx, "ada@example.org", "correct horse battery", nil)
	if err != nil {
		log.Fatal(err)
	}
	source := mvpauth.NewTokenSource(auth, pair, mvpauth.TokenSourceOptions{
		OnUpdate: func(_ context.Context, pair *mvpauth.TokenPair) error { return store(pair) },
		OnLost:   func(_ context.Context, err *mvpauth.Error) { log.Print("sign in again: ", err) },
	})
	token, err := source.AccessToken(ctx)
	fmt.Println(len(token), err)
}

func store(*mvpauth.TokenPair) error { return nil }

func ExampleEmailConsumer_Run() {
	auth := &mvpauth.Client{}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	err := auth.Emails(ctx, nil).Run(ctx, func(_ context.Context, email *mvpauth.Email) error {
		text := "To: " + email.Email + "\r\nSubject: Welcome\r\n\r\n" + email.Link + "\r\n"
		return smtp.SendMail("localhost:25", nil, "shop@example.org", []string{email.Email}, []byte(text))
	})
	if err != nil {
		log.Fatal(err)
	}
}

func ExampleClient_observe() {
	auth := &mvpauth.Client{
		Observe: func(_ context.Context, call mvpauth.Call) {
			log.Printf("%s took %s in %d attempts: %v", call.Method, call.Duration, call.Attempts, call.Err)
		},
	}
	defer auth.Close()
}

func ExampleIdempotencyKey() {
	auth := &mvpauth.Client{}
	// Under a key the registration is made again by itself where its answer was lost.
	key := mvpauth.IdempotencyKey("order-4711-register")
	_, err := auth.Register(context.Background(), "ada@example.org", "correct horse battery", key)
	fmt.Println(err)
}
