// The path is a placeholder: put the address of the repository before /clients/go, here and in the imports
// (sed -i s,example.org/mvp-auth,ADDRESS,).
module example.org/mvp-auth/clients/go

go 1.19
