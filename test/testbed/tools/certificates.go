package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// request is one certificate: an authority if Signer is empty, else signed by the authority of that name, which has to
// stand earlier in the list.
type request struct {
	Name          string
	CommonName    string
	Organizations []string
	Hosts         []string
	Signer        string
}

// Long enough for a testbed that is left running for weeks, and no longer.
const validity = 90 * 24 * time.Hour

// certificates reads a JSON list of requests from standard input and writes <name>.crt and <name>.key (0600) for each into
// the folder that is its argument.
func certificates(arguments []string) error {
	if len(arguments) != 1 {
		return errors.New("usage: tools certificates FOLDER < requests.json")
	}
	var requests []request
	if err := json.NewDecoder(os.Stdin).Decode(&requests); err != nil {
		return err
	}
	type authority struct {
		certificate *x509.Certificate
		key         *ecdsa.PrivateKey
	}
	authorities := map[string]authority{}
	for _, r := range requests {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return err
		}
		serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
		if err != nil {
			return err
		}
		now := time.Now()
		certificate := &x509.Certificate{
			SerialNumber: serial,
			Subject:      pkix.Name{CommonName: r.CommonName, Organization: r.Organizations},
			NotBefore:    now.Add(-5 * time.Minute), // clocks of other processes may be behind
			NotAfter:     now.Add(validity),
			KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
			ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		}
		for _, host := range r.Hosts {
			if ip := net.ParseIP(host); ip != nil {
				certificate.IPAddresses = append(certificate.IPAddresses, ip)
			} else {
				certificate.DNSNames = append(certificate.DNSNames, host)
			}
		}
		signer := authority{certificate, key}
		if r.Signer == "" {
			certificate.IsCA, certificate.BasicConstraintsValid = true, true
			certificate.KeyUsage, certificate.ExtKeyUsage = x509.KeyUsageCertSign|x509.KeyUsageDigitalSignature, nil
			authorities[r.Name] = signer
		} else if known, found := authorities[r.Signer]; found {
			signer = known
		} else {
			return errors.New("no authority " + r.Signer + " before " + r.Name)
		}
		der, err := x509.CreateCertificate(rand.Reader, certificate, signer.certificate, &key.PublicKey, signer.key)
		if err != nil {
			return err
		}
		secret, err := x509.MarshalECPrivateKey(key)
		if err != nil {
			return err
		}
		file := filepath.Join(arguments[0], r.Name)
		if err := os.WriteFile(file+".crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
			return err
		}
		if err := os.WriteFile(file+".key", pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}), 0o600); err != nil {
			return err
		}
	}
	return nil
}
